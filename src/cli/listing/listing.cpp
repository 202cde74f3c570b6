// SPDX-License-Identifier: MIT
#include "cli/listing/listing.hpp"

#include "cli/listing/go_template.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

std::string plain_table(const std::vector<Value>& records, const std::vector<Column>& columns,
                        ui::TableLayout layout) {
  std::vector<std::string> headings;
  for (const auto& column : columns) headings.push_back(column.heading);
  ui::Table table(headings, layout);
  for (const auto& record : records) {
    std::vector<std::string> cells;
    for (const auto& column : columns) {
      const auto* value = record.find(column.field);
      cells.push_back(value != nullptr ? to_text(*value) : "");
    }
    table.add(cells);
  }
  return table.str();
}

// As the docker CLI heads a label's column: by what stands behind the last point of its key.
std::string label_heading(const std::string& key) {
  auto heading = key.substr(key.rfind('.') + 1);
  for (char& c : heading)
    if (c == '-' || c == '_') c = ' ';
  return heading;
}

// The headings as a record, so that the template of the rows makes the heading line as well.
Value heading_record(const std::vector<Value>& records, const std::vector<Column>& columns,
                     const std::vector<Column>& more) {
  std::vector<std::pair<std::string, Value>> fields;
  for (const auto& list : {columns, more})
    for (const auto& column : list) fields.emplace_back(column.field, column.heading);
  auto heading = Value::record(std::move(fields));
  heading.label = label_heading;
  if (records.empty()) return heading;
  for (const auto& [name, value] : records.front().fields)
    if (heading.find(name) == nullptr) heading.fields.emplace_back(name, name);
  return heading;
}

std::string template_table(const std::string& source, const std::vector<Value>& records, const Value& heading,
                           ui::TableLayout layout) {
  const GoTemplate row(source);
  ui::Table table(split(row.render(heading), '\t'), layout);
  for (const auto& record : records) table.add(split(row.render(record), '\t'));
  return table.str();
}

}  // namespace

Value with_labels(Value record, const engine::StringMap& labels) {
  record.label = [labels](const std::string& key) { return value_of(labels, key); };
  return record;
}

std::string format_listing(const std::string& format, const std::vector<Value>& records,
                           const std::vector<Column>& columns, const std::vector<Column>& more,
                           ui::TableLayout layout) {
  if (format.empty() || format == "table") return plain_table(records, columns, layout);
  std::string result;
  if (format == "json") {
    for (const auto& record : records) result += to_json(record) + "\n";
    return result;
  }
  if (format.starts_with("table")) {
    auto source = std::string_view(format).substr(5);
    while (source.starts_with(' ') || source.starts_with("\\t"))
      source.remove_prefix(source[0] == ' ' ? 1 : 2);
    return template_table(std::string(source), records, heading_record(records, columns, more), layout);
  }
  const GoTemplate row(format);
  for (const auto& record : records) result += row.render(record) + "\n";
  return result;
}

std::string format_raw(const std::vector<Value>& records, const std::vector<Column>& keys) {
  std::string result;
  for (const auto& record : records) {
    for (const auto& [field, key] : keys) {
      const auto* value = record.find(field);
      const auto text = value != nullptr ? to_text(*value) : "";
      result += key + (text.empty() ? ":" : ": ") + text + "\n";
    }
    result += "\n";
  }
  return result;
}

std::string format_simple_listing(const std::string& format, const std::vector<Value>& records,
                                  const std::vector<Column>& columns, const Value& json) {
  const auto form = to_lower(format);
  if (form == "json")
    return json.kind == Value::Kind::list ? to_json(json) + "\n"
                                          : to_indented_json(json, Indented::by_four) + "\n\n";
  if (form != "table" && form != "pretty" && !form.empty())
    throw UsageError("format value \"" + format + "\" could not be parsed: parsing failed",
                     "Use table or json.");
  return plain_table(records, columns, {.min_width = 20});
}

}  // namespace crstack::cli
