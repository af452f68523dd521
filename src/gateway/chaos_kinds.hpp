// The chaos table: which kinds of trouble each service takes, by what names, and with which
// options. The six endpoints of the original are rows of it like any other. Here a request becomes
// an order; what the order does is the service's business. Pure.
#pragma once

#include "gateway/front_desk.hpp"
#include "gateway/query.hpp"

#include <string_view>
#include <vector>

namespace taquilla::gateway {

struct chaos_kind_row {
  std::string_view name;     ///< as in the path
  std::string_view acts_as;  ///< as the front desk knows it; several names may mean one thing
  std::vector<service> takers;
  bool takes_delay = false, takes_rate = false;
  bool ends = false;         ///< ends all trouble; takes no options
  std::string_view message;  ///< Spanish: what is now so
  std::string_view about;    ///< English, for the documentation
};

const std::vector<chaos_kind_row>& chaos_kind_table();

/// nullptr when `target` takes no such kind.
const chaos_kind_row* find_chaos_kind(service target, std::string_view name);

/// "crash, panic, ...": what `target` takes.
std::string chaos_kinds_of(service target);

/// Reads the options of `row` from the query; what is wrong stays in `query`.
chaos_order read_chaos_order(service target, const chaos_kind_row& row, query_reader& query);

}  // namespace taquilla::gateway
