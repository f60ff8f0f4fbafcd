/// Conversions between types.
enum ConversionFunctions {
  static let all: [Function] = [
    .function(
      "int",
      [
        Signature([.int], .int), Signature([.uint], .int), Signature([.double], .int),
        Signature([.string], .int), Signature([.timestamp], .int), Signature([.duration], .int),
      ], .one(int)),
    .function(
      "uint",
      [
        Signature([.uint], .uint), Signature([.int], .uint), Signature([.double], .uint),
        Signature([.string], .uint),
      ], .one(uint)),
    .function(
      "double",
      [
        Signature([.double], .double), Signature([.int], .double), Signature([.uint], .double),
        Signature([.string], .double),
      ], .one(double)),
    .function(
      "string",
      [CELType.string, .int, .uint, .double, .bool, .bytes, .timestamp, .duration].map {
        Signature([$0], .string)
      }, .one(string)),
    .function(
      "bytes", [Signature([.bytes], .bytes), Signature([.string], .bytes)],
      .one { value, evaluation throws(CELError) in
        switch value {
        case .bytes: return value
        case .string(let text):
          try evaluation.make(16 + text.utf8Count)
          return .bytes(text.withUTF8 { Array($0) })
        default: throw .noOverload
        }
      }),
    .function(
      "bool", [Signature([.bool], .bool), Signature([.string], .bool)],
      .one { value, _ throws(CELError) in
        switch value {
        case .bool: return value
        case .string(let text):
          switch text.description {
          case "1", "t", "T", "true", "TRUE", "True": return .bool(true)
          case "0", "f", "F", "false", "FALSE", "False": return .bool(false)
          default: throw wrong("a bool", value)
          }
        default: throw .noOverload
        }
      }),
    .function(
      "timestamp",
      [
        Signature([.timestamp], .timestamp), Signature([.string], .timestamp),
        Signature([.int], .timestamp),
      ],
      .one { value, _ throws(CELError) in
        switch value {
        case .timestamp: return value
        case .string(let text): return .timestamp(try CELTimestamp(parsing: text.description))
        case .int(let seconds): return .timestamp(try CELTimestamp(seconds: seconds))
        default: throw .noOverload
        }
      }),
    .function(
      "duration", [Signature([.duration], .duration), Signature([.string], .duration)],
      .one { value, _ throws(CELError) in
        switch value {
        case .duration: return value
        case .string(let text): return .duration(try CELDuration(parsing: text.description))
        default: throw .noOverload
        }
      }),
  ]

  private static func wrong(_ what: String, _ value: CELValue) -> CELError {
    CELError(.conversion, "expected \(what), found \(value.shown)")
  }

  private static func range(_ type: String, _ value: CELValue) -> CELError {
    CELError(.range, "\(value.shown) is out of the range of \(type)")
  }

  @Sendable
  private static func int(
    _ value: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    switch value {
    case .int: return value
    case .uint(let number):
      guard let number = Int64(exactly: number) else { throw range("int", value) }
      return .int(number)
    case .double(let number):
      guard number > -0x1p63, number < 0x1p63 else { throw range("int", value) }
      return .int(Int64(number))
    case .string(let text):
      guard let number = Int64(text.description) else { throw wrong("a whole number", value) }
      return .int(number)
    case .timestamp(let time): return .int(time.seconds)
    case .duration(let span): return .int(span.seconds)
    default: throw .noOverload
    }
  }

  @Sendable
  private static func uint(
    _ value: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    switch value {
    case .uint: return value
    case .int(let number):
      guard let number = UInt64(exactly: number) else { throw range("uint", value) }
      return .uint(number)
    case .double(let number):
      guard number > -1, number < 0x1p64 else { throw range("uint", value) }
      return .uint(UInt64(number))
    case .string(let text):
      guard let number = UInt64(text.description) else {
        throw wrong("a whole number from 0 on", value)
      }
      return .uint(number)
    default: throw .noOverload
    }
  }

  @Sendable
  private static func double(
    _ value: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    if let number = CELNumber.double(value) { return .double(number) }
    guard case .string(let text) = value else { throw .noOverload }
    guard text.utf8Count < 400, let number = Double(text.description) else {
      throw wrong("a number", value)
    }
    return .double(number)
  }

  @Sendable
  private static func string(
    _ value: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    if case .string = value { return value }
    guard let text = try text(of: value) else { throw .noOverload }
    return try evaluation.string(text)
  }

  /// What `string()` gives for a value that is not a string; nil for those that it does not take.
  static func text(of value: CELValue) throws(CELError) -> String? {
    switch value {
    case .bool(let flag): return flag ? "true" : "false"
    case .int(let number): return String(number)
    case .uint(let number): return String(number)
    case .double(let number): return DoubleText.text(number)
    case .timestamp(let time): return time.description
    case .duration(let span): return span.description
    case .bytes(let bytes):
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw CELError(.conversion, "the bytes are not valid UTF-8")
      }
      return text
    default: return nil
    }
  }
}
