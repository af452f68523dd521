#include "simulation/oracles/evidence.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace taquilla::simulation {

namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

std::string mails_of(reservation_id id, const std::vector<mail>& list) {
  std::string out;
  for (const auto& m : list)
    if (m.about.id == id)
      out += (out.empty() ? "" : ", ") + m.message_id + (m.dead ? " (given up)" : "");
  return out;
}

std::string words_of(const reservation& row, const final_state& f) {
  auto out = "reservation " + std::to_string(row.id) + " is " + to_string(row.state);
  const auto charge = std::find_if(f.charges.begin(), f.charges.end(),
                                   [&](const charge_record& c) { return c.id == row.id; });
  out += charge == f.charges.end() ? ", never charged"
                                   : std::string{", its charge is "} + to_string(charge->state);
  const auto sent = mails_of(row.id, f.mailbox), due = mails_of(row.id, f.outbox);
  return out + ", mailed: " + (sent.empty() ? "nothing" : sent) +
         (due.empty() ? "" : ", due: " + due);
}

}  // namespace

std::set<reservation_id> reservations_named(const std::string& sentence) {
  std::set<reservation_id> out;
  const std::string noun = "reservation ", sale = "-confirmed", end = "-cancelled";
  for (std::size_t at = 0; at < sentence.size(); ++at) {
    if (!is_digit(sentence[at]) || (at > 0 && sentence[at - 1] != ' ')) continue;
    auto behind = at;
    while (behind < sentence.size() && is_digit(sentence[behind])) ++behind;
    const bool is_mail = sentence.compare(behind, sale.size(), sale) == 0 ||
                         sentence.compare(behind, end.size(), end) == 0;
    const bool is_row =
        at >= noun.size() && sentence.compare(at - noun.size(), noun.size(), noun) == 0;
    if (is_mail || is_row) out.insert(std::atoll(sentence.c_str() + at));
  }
  return out;
}

std::string evidence_of(const std::set<reservation_id>& named, const final_state& f) {
  std::string out;
  for (const auto id : named) {
    const auto row =
        std::find_if(f.all.begin(), f.all.end(), [&](const reservation& r) { return r.id == id; });
    out += (out.empty() ? "" : "; ") +
           (row == f.all.end() ? "no reservation " + std::to_string(id) : words_of(*row, f));
  }
  return out;
}

}  // namespace taquilla::simulation
