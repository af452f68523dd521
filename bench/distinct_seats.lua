-- wrk script: every request buys another seat. Arguments after `--`:
--   FIRST   index of the first seat, 0 = A1
--   COUNT   how many seats may be used; beyond them it starts again, and taquilla answers 409
--   PER_ROW seats in a row of the venue (bench/make_venue.py)
--   THREADS how many threads wrk has (-t)
-- Each wrk thread has a Lua state of its own, so each takes every THREADS-th seat: no seat twice and
-- no lock. The last line of the output is JSON, for scripts/bench.

local threads = 0

function setup(thread)
  thread:set("offset", threads)
  threads = threads + 1
end

-- Row names: A..Z, AA..ZZ, AAA...
local function row_name(index)
  local name = ""
  index = index + 1
  while index > 0 do
    local rest = (index - 1) % 26
    name = string.char(65 + rest) .. name
    index = (index - 1 - rest) / 26
  end
  return name
end

function init(args)
  first, count = tonumber(args[1]), tonumber(args[2])
  per_row, stride = tonumber(args[3]), tonumber(args[4])
  taken = offset
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  local seat = first + taken % count
  taken = taken + stride
  return wrk.format(nil, nil, nil, string.format(
    '{"eventId":"EVT-001","seatId":"%s%d","userEmail":"test@email.com","amount":50.0}',
    row_name(math.floor(seat / per_row)), seat % per_row + 1))
end

function done(summary, latency)
  local failed = summary.errors.status
  io.write(string.format(
    '{"seconds":%.3f,"ok":%d,"refused":%d,"lost":%d,"p50_ms":%.3f,"p99_ms":%.3f}\n',
    summary.duration / 1e6, summary.requests - failed, failed,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
