// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/archive/tar_source.hpp"
#include "crstack/engine/engine.hpp"

/// Directory trees to and from tar streams (libarchive). Memory doesn't grow with the size of files.
namespace crstack::cli {

enum class Links { keep, follow_first };  ///< a link that is itself the source

/// A tar of a file or directory, whose names begin with `top` (`.`: the contents without a directory around
/// them). Calls `use` with its source; throws Error for what can't be read.
void with_tar_of(const std::string& path, const std::string& top, Links links,
                 const std::function<void(const engine::ByteSource&)>& use);

struct TarItem {
  std::string source;  ///< a path of this machine
  std::string name;    ///< its name in the archive
};

/// A tar of single files, links and directories (without what is in them), owned by root. What has gone
/// meanwhile is left out.
void with_tar_of(const std::vector<TarItem>& items,
                 const std::function<void(const engine::ByteSource&)>& use);

/// Unpacks what `produce` gives to its sink below `directory`; the first part of each name becomes `top`
/// (empty: stays as it is). Names that would leave the directory are refused. Throws Error.
void unpack_tar(const std::string& directory, const std::string& top, Owner owner,
                const std::function<void(const engine::ByteSink&)>& produce);

}  // namespace crstack::cli
