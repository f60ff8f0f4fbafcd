import CEL
import SwellModel

/// The settings of a node as its expressions gave them: a definition was checked for what it says, and
/// not for what it comes to.
struct SettingsReader {
  private let members: CELMap
  /// Where they stand: `auth.` in front of the names of an inner object.
  private let path: String

  init(_ settings: Payload?) throws {
    path = ""
    guard case .map(let members) = try JSONDocument((settings ?? .emptyObject).bytes).root else {
      throw Self.invalid("the settings are not an object")
    }
    self.members = members
  }

  private init(_ members: CELMap, path: String) {
    self.members = members
    self.path = path
  }

  static func invalid(_ message: String, code: String = "invalid_setting") -> NodeError {
    NodeError(
      .validation, message, code: code, context: NodeError.Context(operation: "read settings"))
  }

  /// An address, or an error that does not show it: it may hold secrets.
  static func address(_ text: String, _ name: String) throws -> WebAddress {
    do {
      return try WebAddress(text)
    } catch {
      throw invalid("\(name): \(error.message)", code: "invalid_url")
    }
  }

  /// Which settings say what the body is.
  var bodies: [String] {
    ["body", "form", "text", "bytes"].filter { ((try? members[$0]) ?? nil) != nil }
  }

  /// The value as JSON, byte for byte.
  func json(_ name: String) throws -> [UInt8]? { try members[name]?.json() }

  /// The value; null is like one that is not there.
  func value(_ name: String) throws -> JSONValue? {
    guard let value = try json(name).map({ try JSONValue.parse($0) }), value != .null else {
      return nil
    }
    return value
  }

  func text(_ name: String) throws -> String? {
    guard let value = try value(name) else { return nil }
    guard let text = value.string else { throw Self.invalid("\(path)\(name) must be a text") }
    return text
  }

  func required(_ name: String) throws -> String {
    guard let text = try text(name) else { throw Self.invalid("\(path)\(name) is missing") }
    return text
  }

  func choice<Choice: RawRepresentable & CaseIterable>(_ name: String) throws -> Choice?
  where Choice.RawValue == String {
    guard let text = try text(name) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw Self.invalid("\(path)\(name) must be one of \(names)")
    }
    return choice
  }

  func object(_ name: String) throws -> SettingsReader? {
    switch try members[name] {
    case nil, .null?: return nil
    case .map(let inner)?: return SettingsReader(inner, path: "\(path)\(name).")
    default: throw Self.invalid("\(path)\(name) must be an object")
    }
  }

  /// Names with values: a list gives its name several times, null not at all.
  func fields(_ name: String) throws -> [(name: String, value: String)] {
    guard let value = try value(name) else { return [] }
    guard case .object(let members) = value else {
      throw Self.invalid("\(path)\(name) must be an object")
    }
    var fields: [(name: String, value: String)] = []
    for member in members {
      for element in member.value.array ?? [member.value] {
        switch element {
        case .null: continue
        case .string(let text): fields.append((member.key, text))
        case .int(let number): fields.append((member.key, "\(number)"))
        case .double(let number): fields.append((member.key, "\(number)"))
        case .bool(let flag): fields.append((member.key, "\(flag)"))
        case .array, .object:
          throw Self.invalid(
            "\(path)\(name).\(member.key) must be a text, a number, or a list of those")
        }
      }
    }
    return fields
  }
}
