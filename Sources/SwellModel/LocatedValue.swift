/// A JSON value that knows where each of its parts was written.
///
/// YAML and JSON definitions both become one of these, so that every rule is written once.
public struct LocatedValue: Sendable {
  public indirect enum Content: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([LocatedValue])
    case object(LocatedObject)
  }

  public var content: Content
  public var place: SourcePlace
  /// Of a string, where its text begins: behind the quotes.
  public var textPlace: SourcePlace
  /// Whether the text stands there as it was read: with escapes or folded lines in it, a place that is counted
  /// in it is none of the source.
  package var isVerbatim: Bool

  public init(_ content: Content, at place: SourcePlace, textAt textPlace: SourcePlace? = nil) {
    self.init(content, at: place, textAt: textPlace ?? place, isVerbatim: true)
  }

  package init(
    _ content: Content, at place: SourcePlace, textAt textPlace: SourcePlace, isVerbatim: Bool
  ) {
    self.content = content
    self.place = place
    self.textPlace = textPlace
    self.isVerbatim = isVerbatim
  }

  /// Where something stands that was counted from where the text begins; where it is not known, that beginning.
  package func place(ofLine line: Int, column: Int) -> SourcePlace {
    isVerbatim ? SourcePlace(line: line, column: column) : textPlace
  }

  /// Whether it is a string with an expression in it, whose value is known when it is evaluated.
  public var isTemplate: Bool { string?.contains("${{") ?? false }

  /// The text, if the value is a string.
  public var string: String? {
    if case .string(let text) = content { text } else { nil }
  }

  /// The whole number, if the value is one; `2.0` is.
  public var int: Int64? {
    switch content {
    case .int(let number): number
    case .double(let number): Int64(exactly: number)
    default: nil
    }
  }

  /// The number, if the value is one.
  public var double: Double? {
    switch content {
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  public var bool: Bool? {
    if case .bool(let flag) = content { flag } else { nil }
  }

  public var array: [LocatedValue]? {
    if case .array(let elements) = content { elements } else { nil }
  }

  public var object: LocatedObject? {
    if case .object(let object) = content { object } else { nil }
  }

  /// What the value is, as a person would say it.
  public var description: String {
    switch content {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .int(let number): "the number \(number)"
    case .double(let number): "the number \(number)"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// The value without its places.
  public var json: JSONValue {
    switch content {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .int(number)
    case .double(let number): .double(number)
    case .string(let text): .string(text)
    case .array(let elements): .array(elements.map(\.json))
    case .object(let object):
      .object(object.members.map { JSONValue.Member($0.key, $0.value.json) })
    }
  }
}

extension LocatedValue {
  /// A value that nobody wrote: all of it is at one place.
  init(_ json: JSONValue, at place: SourcePlace) {
    let content: Content =
      switch json {
      case .null: .null
      case .bool(let flag): .bool(flag)
      case .int(let number): .int(number)
      case .double(let number): .double(number)
      case .string(let text): .string(text)
      case .array(let elements): .array(elements.map { LocatedValue($0, at: place) })
      case .object(let members):
        .object(
          LocatedObject(
            members: members.map {
              .init(key: $0.key, keyPlace: place, value: LocatedValue($0.value, at: place))
            }, at: place))
      }
    self.init(content, at: place)
  }
}
