// The purchase saga as text, for people to read and for tests to compare: a stage, an event or an
// effect with the numbers in it. Test support only.
#pragma once

#include "domain/purchase_saga.hpp"

#include <string>
#include <vector>

namespace taquilla::testing {

std::string text_of(const saga::stage& which);
std::string text_of(const saga::event& which);
std::string text_of(const saga::effect& which);

/// "charging 7 attempt 1: charge_card 7 attempt 1"
std::string text_of(const saga::transition& t);

/// Every stage in every shape that the table tells apart, and every event in every shape.
std::vector<saga::stage> every_stage();
std::vector<saga::event> every_event();

}  // namespace taquilla::testing
