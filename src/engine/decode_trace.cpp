// SPDX-License-Identifier: MIT
#include "engine/codec.hpp"
#include "engine/session/protobuf.hpp"

namespace crstack::engine::codec {

namespace {

using protobuf::Field;
using protobuf::Reader;

template <class Take>
void each(std::string_view message, const Take& take) {
  Reader reader(message);
  for (Field field; reader.next(field);) take(field);
}

std::int64_t decode_time(std::string_view message) {
  std::int64_t seconds = 0, nanoseconds = 0;
  each(message, [&](const Field& field) {
    if (field.tag == 1) seconds = static_cast<std::int64_t>(field.number);
    if (field.tag == 2) nanoseconds = static_cast<std::int64_t>(field.number);
  });
  return seconds * 1'000'000'000 + nanoseconds;
}

BuildTrace::Vertex decode_vertex(std::string_view message) {
  BuildTrace::Vertex vertex;
  each(message, [&](const Field& field) {
    if (field.tag == 1) vertex.digest = field.bytes;
    if (field.tag == 3) vertex.name = field.bytes;
    if (field.tag == 4) vertex.cached = field.number != 0;
    if (field.tag == 5) vertex.started = decode_time(field.bytes);
    if (field.tag == 6) vertex.completed = decode_time(field.bytes);
    if (field.tag == 7) vertex.error = field.bytes;
  });
  return vertex;
}

BuildTrace::Task decode_task(std::string_view message) {
  BuildTrace::Task task;
  each(message, [&](const Field& field) {
    if (field.tag == 1) task.id = field.bytes;
    if (field.tag == 2) task.vertex = field.bytes;
    if (field.tag == 4) task.current = static_cast<std::int64_t>(field.number);
    if (field.tag == 5) task.total = static_cast<std::int64_t>(field.number);
    if (field.tag == 7) task.started = decode_time(field.bytes);
    if (field.tag == 8) task.completed = decode_time(field.bytes);
  });
  return task;
}

BuildTrace::Output decode_output(std::string_view message) {
  BuildTrace::Output output;
  each(message, [&](const Field& field) {
    if (field.tag == 1) output.vertex = field.bytes;
    if (field.tag == 2) output.time = decode_time(field.bytes);
    if (field.tag == 4) output.text = field.bytes;
  });
  return output;
}

}  // namespace

BuildTrace decode_trace(std::string_view message) {
  BuildTrace trace;
  each(message, [&](const Field& field) {
    if (field.tag == 1) trace.vertices.push_back(decode_vertex(field.bytes));
    if (field.tag == 2) trace.tasks.push_back(decode_task(field.bytes));
    if (field.tag == 3) trace.outputs.push_back(decode_output(field.bytes));
  });
  return trace;
}

}  // namespace crstack::engine::codec
