#include "domain/mail_text.hpp"

namespace taquilla {

namespace {

std::string facts(reservation_id id, const purchase_order& order) {
  return "  Reserva: " + std::to_string(id) + "\n  Evento:  " + order.event +
         "\n  Asiento: " + to_string(order.seat) + "\n  Importe: " + to_string(order.amount) + "\n";
}

std::string subject(const char* what, reservation_id id, const purchase_order& order) {
  return std::string{what} + " " + std::to_string(id) + ": " + order.event + ", asiento " +
         to_string(order.seat);
}

}  // namespace

mail_text confirmation_text(reservation_id id, const purchase_order& order) {
  return {subject("Reserva confirmada", id, order),
          "Hola:\n\nSu reserva está confirmada y pagada.\n\n" + facts(id, order) +
              "\nPresente el número de reserva en la entrada.\n"};
}

mail_text cancellation_text(reservation_id id, const purchase_order& order) {
  return {subject("Reserva cancelada", id, order),
          "Hola:\n\nSu reserva queda cancelada y le devolvemos el importe.\n\n" + facts(id, order) +
              "\nEl asiento vuelve a estar a la venta.\n"};
}

}  // namespace taquilla
