# Asking taquilla, for chaos.ps1: one call at a time or many at once, every answer as it is, good
# or bad. Uses $uris (service -> address), $client, $run (the record of the scenario in play) and
# the parameters of chaos.ps1; knows no scenario.

# HttpClient, because Windows PowerShell's own cmdlets throw away the body of an error. No proxy, no
# Expect: 100-continue (a round trip more for each purchase), no limit of two connections.
function Get-Client {
  Add-Type -AssemblyName System.Net.Http
  [Net.ServicePointManager]::DefaultConnectionLimit = 512
  $handler = New-Object System.Net.Http.HttpClientHandler
  $handler.UseProxy = $false
  $new = New-Object System.Net.Http.HttpClient($handler)
  $new.Timeout = [TimeSpan]::FromSeconds($TimeoutSec)
  $new.DefaultRequestHeaders.ExpectContinue = $false
  return $new
}

# Sends, and does not wait.
function Start-Call([string]$Method, [string]$Service, [string]$Path, [string]$Body) {
  $message = New-Object System.Net.Http.HttpRequestMessage
  $message.Method = New-Object System.Net.Http.HttpMethod($Method)
  $message.RequestUri = New-Object System.Uri($uris[$Service], $Path)
  if ($Body) {
    $message.Content = New-Object System.Net.Http.StringContent(
      $Body, [Text.Encoding]::UTF8, 'application/json')
  }
  # To those alone who ask for it.
  if ($Token -and $Path -match '/chaos(/|$)') {
    [void]$message.Headers.TryAddWithoutValidation('Authorization', "Bearer $Token")
  }
  Write-Verbose "$Method $($message.RequestUri) $Body"
  return @{ Task = $client.SendAsync($message); Clock = [Diagnostics.Stopwatch]::StartNew() }
}

# The answer, whatever it is; Status 0 when there is none. Waits in short steps: Ctrl-C is heard.
function Complete-Call($Call) {
  $tasks = [Threading.Tasks.Task[]]@($Call.Task)
  while ([Threading.Tasks.Task]::WaitAny($tasks, 100) -lt 0) { }
  $answer = @{ Status = 0; Text = 'no answer in time'; Json = $null; RetryAfter = 0
    Replayed = $false; Seconds = $Call.Clock.Elapsed.TotalSeconds }
  if ($Call.Task.IsFaulted) { $answer.Text = $Call.Task.Exception.GetBaseException().Message }
  if ([string]$Call.Task.Status -ne 'RanToCompletion') { return $answer }
  $response = $Call.Task.Result
  $answer.Status = [int]$response.StatusCode
  $bytes = $response.Content.ReadAsByteArrayAsync().Result
  $answer.Text = [Text.Encoding]::UTF8.GetString($bytes)
  try { $answer.Json = $answer.Text | ConvertFrom-Json } catch { Write-Verbose '  (not JSON)' }
  if ($response.Headers.Contains('Retry-After')) {
    $answer.RetryAfter = [int]@($response.Headers.GetValues('Retry-After'))[0]
  }
  $answer.Replayed = $response.Headers.Contains('Idempotent-Replayed')
  Write-Verbose "  $($answer.Status) $($answer.Text)"
  return $answer
}

function Invoke-Call([string]$Method, [string]$Service, [string]$Path, [string]$Body) {
  return Complete-Call (Start-Call $Method $Service $Path $Body)
}

# Every entry of a paged list, at most 2000 pages of 1000.
function Get-Page([string]$Service, [string]$Path, [string]$Name) {
  $joint = if ($Path.Contains('?')) { '&' } else { '?' }
  $after = ''
  for ($page = 0; $page -lt 2000; $page++) {
    $answer = Invoke-Call GET $Service "$Path${joint}limit=1000$after"
    if ($answer.Status -ne 200) { throw "GET $Path answered $($answer.Status): $($answer.Text)" }
    foreach ($entry in @($answer.Json.$Name)) { if ($null -ne $entry) { $entry } }
    if (-not $answer.Json.next) { return }
    $after = '&after=' + [uri]::EscapeDataString([string]$answer.Json.next)
  }
  throw "GET $Path has no end"
}

function Start-Purchase([string]$Seat, [string]$Buyer) {
  $run.Requests++
  return Start-Call POST gateway '/api/reservations' (
    "{`"eventId`":`"$EventId`",`"seatId`":`"$Seat`",`"userEmail`":`"$Buyer`",`"amount`":50.0}")
}

# Waits for the answer to a purchase and counts it.
function Complete-Purchase($Call) {
  $answer = Complete-Call $Call
  $id = $answer.Json.reservationId
  if ($answer.Status -eq 429) { $run.Blocked++ }
  elseif ($answer.Status -ne 200) { $run.Rejected++ }
  elseif ($run.Reservations -notcontains $id) { $run.Reservations += $id }
  return $answer
}

# Buys as one patient client does: told by the limiter to come back later, it comes back later.
function Invoke-Purchase([string]$Seat, [string]$Buyer) {
  for ($attempt = 1; ; $attempt++) {
    $answer = Complete-Purchase (Start-Purchase $Seat $Buyer)
    if ($answer.Status -ne 429 -or $attempt -ge 10) { return $answer }
    Wait-Limiter $answer.RetryAfter
  }
}

function Wait-Limiter([int]$RetryAfter) {
  Start-Sleep -Seconds ([Math]::Max(1, [Math]::Min(5, $RetryAfter)))
}

function Set-Fault([string]$Service, [string]$Path) {
  $run.Faults += $Path
  $answer = Invoke-Call POST $Service $Path
  Test-That "POST $Path" 200 $answer.Status
}

# Why taquilla will not let this caller break anything; nothing when it will. Asks and changes
# nothing.
function Get-Refusal {
  $answer = Invoke-Call GET inventory '/api/inventory/chaos'
  if (@(401, 403, 429) -notcontains $answer.Status) { return }
  if ($answer.Status -eq 429) { return 'too many wrong admin tokens; try again in a minute' }
  if ($Token) { return 'taquilla refuses this admin token; -Token must be its gateway.admin_token' }
  return 'taquilla asks for its admin token (gateway.admin_token): ' +
    'give it with -Token, or in the environment variable TAQUILLA_ADMIN_TOKEN'
}

# True when every service says that it is well again.
function Clear-Fault {
  $healed = $true
  foreach ($end in @(@('inventory', 'recover'), @('payments', 'normal'),
      @('notifications', 'enable'))) {
    $path = "/api/$($end[0])/chaos/$($end[1])"
    $answer = Invoke-Call POST $end[0] $path
    if ($answer.Status -ne 200) {
      $healed = $false
      Write-Warning "POST $path answered $($answer.Status): $($answer.Text)"
    }
  }
  return $healed
}

function Remove-Reservation($Ids) {
  foreach ($id in $Ids) {
    $path = "/api/reservations/$id"
    $answer = Invoke-Call DELETE gateway $path
    if ($answer.Status -ne 200) {
      Write-Warning "DELETE $path answered $($answer.Status): $($answer.Text)"
    }
  }
}

# Free seats of the event, drawn by lot; those of the README's demos are left to its readers.
function Get-FreeSeat([int]$Count = 1) {
  $free = @(Get-Page gateway "/api/events/$EventId/seats" seats |
      Where-Object { $_.state -eq 'free' } | ForEach-Object { $_.seatId } |
      Where-Object { @('A1', 'A2', 'A3', 'A99') -notcontains $_ })
  if ($free.Count -lt $Count) { throw "event $EventId has only $($free.Count) free seats" }
  return $free | Get-Random -Count $Count
}

function Get-SeatState([string]$Seat) {
  return (Get-Page gateway "/api/events/$EventId/seats" seats |
      Where-Object { $_.seatId -eq $Seat }).state
}

# A buyer nobody has met before, so that every trace of him is of this scenario.
function Get-Buyer {
  return "chaos-$([guid]::NewGuid().ToString('N').Substring(0, 12))@example.com"
}

function Get-Reservation([string]$Buyer) {
  $who = [uri]::EscapeDataString($Buyer)
  return @(Get-Page gateway "/api/reservations?userEmail=$who" reservations)
}

function Measure-Charge($Reservation) {
  return @(Get-Page payments '/api/payments/charges?state=charged' charges |
      Where-Object { $_.reservationId -eq $Reservation }).Count
}

function Measure-Mail([string]$Buyer, [int]$Wait = 0) {
  $who = [uri]::EscapeDataString($Buyer)
  $answer = Invoke-Call GET notifications "/api/notifications/mailbox?to=$who&wait=$Wait"
  return @($answer.Json.messages | Where-Object { $_ }).Count
}

# ---- checking ----

function Test-That([string]$Name, $Expected, $Actual,
  [bool]$Passed = ("$Expected" -ceq "$Actual")) {
  $run.Checks += [pscustomobject]@{
    Name = $Name; Expected = $Expected; Actual = $Actual; Passed = $Passed }
  if ($Passed) { Write-Host "  [ok] $Name ($Actual)" -ForegroundColor Green }
  else { Write-Host "  [FAILED] ${Name}: expected $Expected, got $Actual" -ForegroundColor Red }
}

function Test-Purchase([string]$Name, $Answer) {
  Test-That $Name '200 Reserva confirmada exitosamente' "$($Answer.Status) $($Answer.Json.message)"
}

# The value as soon as it is the wanted one, else the last one seen when the time is up.
function Wait-Value($Wanted, [scriptblock]$Get) {
  $clock = [Diagnostics.Stopwatch]::StartNew()
  while ($true) {
    $value = & $Get
    if ("$value" -ceq "$Wanted" -or $clock.Elapsed.TotalSeconds -ge $TimeoutSec) { return $value }
    Start-Sleep -Milliseconds 200
  }
}
