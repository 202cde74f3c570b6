// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "crstack/manifest/node.hpp"

/// Gives one value the kind in which the canonical form shows it. What can't be read is a
/// syntax::SyntaxError, which says why.
namespace crstack::manifest::convert {

std::int64_t whole(const Node& node);
std::int64_t natural(const Node& node);
bool boolean(const Node& node);
double real(const Node& node);            ///< in the precision of a 32-bit float
std::string bytes(const Node& node);      ///< a byte size in digits
std::string duration(const Node& node);   ///< `1m30s`
std::string file_mode(const Node& node);  ///< in octal, with a zero in front
/// `all` is -1.
std::int64_t device_count(const Node& node);
/// A limit for both soft and hard; zero is shown as no limit at all.
Node single_limit(const Node& node);

void as_text(Node& node);
/// A list of texts; a lone text becomes one.
Node texts(Node node);
/// A text is split as a shell would.
Node command(Node node);
/// A text becomes `CMD-SHELL text`.
Node health_test(Node node);

/// Throws for a number that is not written as a whole one.
void whole_or_text(const Node& node);
/// The same for the values of a map.
void whole_or_texts(const Node& map);

enum class NameCheck : bool { none, no_space_behind };
/// Makes a map of texts from a map of scalars or a list of `KEY=VALUE`; a key without a value gets `unset`.
Node text_map(Node node, const Node& unset, NameCheck check = NameCheck::none);
Node text_lists(Node node);
/// `HOST=ADDRESS` lines in their order as texts.
Node hosts(Node node);
/// `ID` or `ID: PATH` lines, ordered.
Node ssh_keys(Node node);

}  // namespace crstack::manifest::convert
