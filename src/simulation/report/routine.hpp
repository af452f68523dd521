// What goes as it should, in one line.
//
// SALE    a purchase: all its messages, from the order to the answer, each exactly as the order
//         wants it. One that is missing, doubled or different, or something of anybody else's
//         between them, and all are told.
// CANCEL  a cancellation, in the same way.
// MAIL    a relay has found what is due, and is answered of all of it that it was sent and filed.
// MONEY   the same of voids and refunds.
//
// What mails and money of a reservation go through is told whole if the verdict is about it: there
// what was answered may not be what was done. And so is, once a promise is broken, the second wish
// for a seat. Also in one line: all who hear that services are healed. A line stands where the
// first of its messages stood, and says until which step it goes; what relays do meanwhile comes
// behind it.
#pragma once

#include "simulation/report/story.hpp"

#include <vector>

namespace taquilla::simulation {

/// @param story its numbers shortened: what is the same must look the same.
/// @param broken the verdict; no oracle: all promises were kept.
std::vector<story_line> without_routine(std::vector<story_line> story, const violation& broken);

}  // namespace taquilla::simulation
