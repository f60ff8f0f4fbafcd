import SwellModel
import SwellPostgres
import SwellStore

/// Builds the JSON that `--json` prints; keys stay in the order in which they were added.
struct JSONFields {
  private var members: [JSONValue.Member] = []

  var value: JSONValue { .object(members) }

  mutating func add(_ key: String, _ text: String?) {
    add(key, text.map { JSONValue.string($0) })
  }

  mutating func add(_ key: String, _ number: Int?) {
    add(key, number.map { JSONValue.int(Int64($0)) })
  }

  mutating func add(_ key: String, _ flag: Bool) {
    add(key, JSONValue.bool(flag))
  }

  mutating func add(_ key: String, _ moment: DatabaseTime?) {
    add(key, moment?.iso8601)
  }

  mutating func add(_ key: String, _ id: PostgresUUID?) {
    add(key, id?.description)
  }

  mutating func add(_ key: String, _ payload: Payload?) {
    // What the database stores as jsonb is JSON; were it not, its text says more than nothing.
    add(key, payload.map { (try? JSONValue.parse($0)) ?? .string($0.text) })
  }

  mutating func add(_ key: String, _ texts: [String]?) {
    add(key, texts.map { JSONValue.array($0.map { .string($0) }) })
  }

  mutating func add(_ key: String, _ value: JSONValue?) {
    members.append(JSONValue.Member(key, value ?? .null))
  }

  /// Prints the object on one line.
  func print() {
    Terminal.line(value.payload.text)
  }
}
