// What the buyer reads when a reservation is confirmed or cancelled: subject and body in Spanish,
// as the box office speaks it. A pure function of the reservation's facts, so that the same
// reservation always gives the same letter. It knows neither the recipient nor how or when the
// letter is sent.
#pragma once

#include "domain/reservation.hpp"

#include <cstdint>
#include <string>

namespace taquilla {

enum class mail_kind : std::uint8_t { confirmed = 0, cancelled = 1 };
const char* to_string(mail_kind kind);

/// What a mail is about.
struct mail_facts {
  mail_kind kind = mail_kind::confirmed;
  reservation_id id = 0;
  std::string event;
  seat_id seat;
  money amount;
};

struct mail_text {
  std::string subject;
  std::string body;  ///< plain text, lines end in '\n'
};

mail_text text_of(const mail_facts& about);

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, mail_facts& x) {
  return f(x.kind, x.id, x.event, x.seat, x.amount);
}

}  // namespace taquilla
