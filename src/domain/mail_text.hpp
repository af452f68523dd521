// What the buyer reads when a reservation is confirmed or cancelled: subject and body in Spanish,
// as the box office speaks it. A pure function of the reservation's facts, so that the same
// reservation always gives the same letter. It knows neither the recipient nor how or when the
// letter is sent.
#pragma once

#include "domain/reservation.hpp"

#include <string>

namespace taquilla {

struct mail_text {
  std::string subject;
  std::string body;  ///< plain text, lines end in '\n'
};

mail_text confirmation_text(reservation_id id, const purchase_order& order);
mail_text cancellation_text(reservation_id id, const purchase_order& order);

}  // namespace taquilla
