// What a campaign and an explanation look like on a terminal, and as JSON.
// Text only: it reads results and changes nothing.
#pragma once

#include "simulation/campaign/campaign.hpp"
#include "simulation/cases/explainer.hpp"
#include "simulation/cases/minimiser.hpp"

#include <iosfwd>
#include <string>

namespace taquilla::simulation {

/// Failures go to `err`, one line each with everything, figures to `out`. With `coverage`, or when
/// they are due, every goal with its count, those that were not reached first.
void print_summary(std::ostream& out, std::ostream& err, const campaign_summary& s, bool coverage);
std::string summary_json(const campaign_summary& s);
void print_explanation(std::ostream& out, const minimised& m, const explanation& e);

}  // namespace taquilla::simulation
