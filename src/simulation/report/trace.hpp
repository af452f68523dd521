// Traces for people: a run as aligned columns, as a mermaid sequence diagram, or as JSON lines.
//
// A trace is recorded by running a plan again with a recorder, so that ordinary runs pay nothing
// for it. Columns and diagram tell the story (story.hpp); JSON has every event as it was.
#pragma once

#include "simulation/world/run.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace taquilla::simulation {

enum class trace_format : std::uint8_t { text, mermaid, json };
/// Returns false if `word` is none of text, mermaid, json.
bool parse_trace_format(const std::string& word, trace_format& out);

/// @param result says which promise was broken; its sentence ends columns and diagram.
void print_trace(std::ostream& out, trace_format format, const std::vector<trace_event>& events,
                 const run_result& result);

}  // namespace taquilla::simulation
