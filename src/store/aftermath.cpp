// What became of a purchase after its buyer was answered: its money in the ledger, what is still
// owed or due, its mails. Nobody writes this down a second time; it is read where it is true,
// whenever somebody looks at the purchase.
#include "store/mail_number.hpp"
#include "store/sqlite_database.hpp"

#include <utility>

namespace taquilla::store {

namespace {

/// "attempts 3, mail_bounced": how often it was tried, and what stopped it last.
std::string tries(std::int64_t attempts, const std::string& last_error) {
  auto out = "attempts " + std::to_string(attempts);
  return last_error.empty() ? out : out + ", " + last_error;
}

timeline_entry entry(wall_ms at, const char* step, std::string detail) {
  return {at, 0, step, std::move(detail), {}};
}

}  // namespace

std::vector<timeline_entry> sqlite_database::aftermath_of(const reservation& record) {
  std::vector<timeline_entry> out;
  if (const auto charge = charge_of(record.id); charge && charge->state != charge_state::charged) {
    const bool buried = charge->amount.cents == 0;  // voided before anything had been charged
    const char* step = charge->state == charge_state::refunded ? "refunded" : "charge_voided";
    out.push_back(entry(charge->at, step, buried ? "nothing had been charged" : std::string{}));
  }
  {
    auto owed = settlements_.owed_by.query(record.id);
    while (owed.next()) {
      const bool refund = owed.as<settlement_kind>(0) == settlement_kind::refund;
      out.push_back(entry(record.updated_at, refund ? "refund_due" : "void_due",
                          tries(owed.integer(1), owed.text(2))));
    }
  }
  {
    auto mail = mail_.delivered_of.query(record.id);
    while (mail.next())
      out.push_back(entry(mail.integer(1), "mail_delivered", message_id_of(mail.integer(0))));
  }
  auto mail = mail_.waiting_of.query(record.id);
  while (mail.next()) {
    const bool dead = mail.integer(3) != 0;
    out.push_back(
        entry(mail.integer(1), dead ? "mail_given_up" : "mail_due",
              message_id_of(mail.integer(0)) + ": " + tries(mail.integer(2), mail.text(4))));
  }
  return out;
}

}  // namespace taquilla::store
