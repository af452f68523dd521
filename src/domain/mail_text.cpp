#include "domain/mail_text.hpp"

#include <initializer_list>
#include <string_view>

namespace taquilla {

namespace {

/// Put together in one block of memory.
std::string joined(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const auto part : parts) size += part.size();
  std::string out;
  out.reserve(size);
  for (const auto part : parts) out += part;
  return out;
}

mail_text letter(std::string_view subject, std::string_view greeting, std::string_view farewell,
                 const mail_facts& about) {
  const auto number = std::to_string(about.id);
  const auto seat = to_string(about.seat);
  return {joined({subject, " ", number, ": ", about.event, ", asiento ", seat}),
          joined({"Hola:\n\n", greeting, "\n\n  Reserva: ", number, "\n  Evento:  ", about.event,
                  "\n  Asiento: ", seat, "\n  Importe: ", to_string(about.amount), "\n\n", farewell,
                  "\n"})};
}

}  // namespace

const char* to_string(mail_kind kind) {
  return kind == mail_kind::confirmed ? "confirmed" : "cancelled";
}

mail_text text_of(const mail_facts& about) {
  if (about.kind == mail_kind::confirmed)
    return letter("Reserva confirmada", "Su reserva está confirmada y pagada.",
                  "Presente el número de reserva en la entrada.", about);
  return letter("Reserva cancelada", "Su reserva queda cancelada y le devolvemos el importe.",
                "El asiento vuelve a estar a la venta.", about);
}

}  // namespace taquilla
