#include "gateway/purchase_form.hpp"

#include "gateway/ascii.hpp"
#include "gateway/json_reader.hpp"

#include <algorithm>
#include <array>

namespace taquilla::gateway {

namespace {

constexpr std::array<std::string_view, 4> known_fields = {"eventId", "seatId", "userEmail",
                                                          "amount"};

class form_reader {
 public:
  explicit form_reader(const json_form& form) : form_(form) {}

  /// The text of a member of that kind; nullptr when it is missing or of another kind, which is
  /// noted as an error of the field.
  const std::string* text_of(std::string_view name, json_kind kind) {
    const auto* member = form_.find(name);
    if (member == nullptr) {
      wrong(name, "falta este campo");
      return nullptr;
    }
    if (member->kind == kind) return &member->text;
    wrong(name, kind == json_kind::string ? "debe ser un texto" : "debe ser un número");
    return nullptr;
  }

  void wrong(std::string_view name, const char* message) {
    constexpr std::size_t name_shown_max = 64;
    result_.wrong.push_back({std::string{name.substr(0, name_shown_max)}, message});
  }

  purchase_form& result() { return result_; }

 private:
  const json_form& form_;
  purchase_form result_;
};

void read_fields(form_reader& reader) {
  auto& order = reader.result().order;
  if (const auto* text = reader.text_of("eventId", json_kind::string)) {
    if (is_event_id(*text))
      order.event = *text;
    else
      reader.wrong("eventId", "no es un identificador de evento válido");
  }
  if (const auto* text = reader.text_of("seatId", json_kind::string)) {
    if (auto seat = parse_seat(*text))
      order.seat = std::move(*seat);
    else
      reader.wrong("seatId", "debe ser una fila y un número, como A1");
  }
  if (const auto* text = reader.text_of("userEmail", json_kind::string)) {
    if (is_email(*text))
      order.email = *text;
    else
      reader.wrong("userEmail", "no es una dirección de correo válida");
  }
  if (const auto* text = reader.text_of("amount", json_kind::number)) {
    if (const auto amount = parse_money(*text))
      order.amount = *amount;
    else
      reader.wrong(
          "amount",
          "debe ser un número decimal entre 0.01 y 1000000.00 con dos decimales como mucho");
  }
}

}  // namespace

result<purchase_form> read_purchase(std::string_view body) {
  const auto form = read_json(body);
  if (!form) return form.failure();
  form_reader reader{*form};
  if (!form->is_object) {
    reader.wrong("(body)", "debe ser un objeto JSON");
    return std::move(reader.result());
  }
  read_fields(reader);
  for (const auto& member : form->members)
    if (std::find(known_fields.begin(), known_fields.end(), member.name) == known_fields.end())
      reader.wrong(member.name, "campo desconocido");
  return std::move(reader.result());
}

bool is_idempotency_key(std::string_view text) {
  constexpr std::size_t length_max = 255;
  return !text.empty() && text.size() <= length_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool is_json_content_type(std::string_view value) {
  const auto type = value.substr(0, value.find(';'));
  if (!equal_ignoring_case(trimmed(type), "application/json")) return false;
  value.remove_prefix(type.size());
  bool has_charset = false;
  while (!value.empty()) {
    const auto next = std::min(value.find(';', 1), value.size());
    const auto parameter = trimmed(value.substr(1, next - 1));
    value.remove_prefix(next);
    if (parameter.empty()) continue;  // as the grammar has it (RFC 9110 5.6.6)
    const bool is_utf_8 = equal_ignoring_case(parameter, "charset=utf-8") ||
                          equal_ignoring_case(parameter, "charset=\"utf-8\"");
    if (!is_utf_8 || has_charset) return false;
    has_charset = true;
  }
  return true;
}

}  // namespace taquilla::gateway
