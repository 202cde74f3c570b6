// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/listing/value.hpp"
#include "crstack/engine/spec.hpp"
#include "crstack/ui/table.hpp"

namespace crstack::cli {

/// A column of a listing: the field that a template names, and its heading.
struct Column {
  std::string field, heading;
};

/// The record, whose templates can ask for its labels: `{{.Label "key"}}`, empty where there is none.
Value with_labels(Value record, const engine::StringMap& labels);

/// A listing in the form that `--format` asks for: `table`, `table TEMPLATE`, `json` (one object a line) or a
/// template. `columns` are those of the plain table, `headings` those that a template may name besides.
/// Throws UsageError for a wrong template.
std::string format_listing(const std::string& format, const std::vector<Value>& records,
                           const std::vector<Column>& columns, const std::vector<Column>& more = {},
                           ui::TableLayout layout = {});

/// `--format raw`: a line `key: value` for each of the columns, whose headings are the keys, and an empty
/// one.
std::string format_raw(const std::vector<Value>& records, const std::vector<Column>& keys);

/// The same for commands that know `table` (or `pretty`) and `json` only, in any case: a list on one line, a
/// record with a line for each member.
std::string format_simple_listing(const std::string& format, const std::vector<Value>& records,
                                  const std::vector<Column>& columns, const Value& json);

}  // namespace crstack::cli
