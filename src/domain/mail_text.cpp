#include "domain/mail_text.hpp"

#include <initializer_list>
#include <string_view>

namespace taquilla {

namespace {

/// Each purchase is worth a mail, so its text is put together in one block of memory.
std::string joined(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const auto part : parts) size += part.size();
  std::string out;
  out.reserve(size);
  for (const auto part : parts) out += part;
  return out;
}

mail_text letter(std::string_view subject, std::string_view greeting, std::string_view farewell,
                 reservation_id id, const purchase_order& order) {
  const auto number = std::to_string(id);
  const auto seat = to_string(order.seat);
  return {joined({subject, " ", number, ": ", order.event, ", asiento ", seat}),
          joined({"Hola:\n\n", greeting, "\n\n  Reserva: ", number, "\n  Evento:  ", order.event,
                  "\n  Asiento: ", seat, "\n  Importe: ", to_string(order.amount), "\n\n", farewell,
                  "\n"})};
}

}  // namespace

mail_text confirmation_text(reservation_id id, const purchase_order& order) {
  return letter("Reserva confirmada", "Su reserva está confirmada y pagada.",
                "Presente el número de reserva en la entrada.", id, order);
}

mail_text cancellation_text(reservation_id id, const purchase_order& order) {
  return letter("Reserva cancelada", "Su reserva queda cancelada y le devolvemos el importe.",
                "El asiento vuelve a estar a la venta.", id, order);
}

}  // namespace taquilla
