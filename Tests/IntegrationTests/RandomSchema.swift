import SwellModel

/// Schemas and values at random, small enough that they often fit.
struct RandomSchema {
  private var random: SeededGenerator

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
  }

  private static let keys = ["a", "b", "bb", "é", "a/b", "~"]
  private static let numbers = ["0", "1", "-1", "1.5", "2", "0.1", "1e2", "-2.50", "3", "1e-3"]
  private static let texts = [
    "", "a", "ab", "é", "e\u{301}", "A1", "2027-01-31", "09:00:00Z", "\n", "'", "\"\\", "😀",
  ]
  private static let patterns = [
    "^a", "b$", "[a-c]+", "^.$", "\\d", "^[^a]*$", "(a|é)b?", "^\\W+$",
  ]

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &random)]
  }

  private mutating func chance(_ parts: Int) -> Bool {
    Int.random(in: 0..<parts, using: &random) == 0
  }

  private mutating func number() -> JSONValue {
    (try? JSONValue.parse(Array(pick(Self.numbers).utf8))) ?? .null
  }

  mutating func value(depth: Int = 0) -> JSONValue {
    switch Int.random(in: 0..<(depth < 3 ? 9 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(chance(2))
    case 2, 3: return number()
    case 4: return .string(pick(Self.texts))
    case 5, 6:
      return .array(
        (0..<Int.random(in: 0...4, using: &random)).map { _ in value(depth: depth + 1) })
    default:
      let count = Int.random(in: 0...4, using: &random)
      let keys = Set((0..<count).map { _ in pick(Self.keys) })
      return .object(keys.sorted().map { .init($0, value(depth: depth + 1)) })
    }
  }

  mutating func schema() -> JSONValue {
    let named = (0..<2).map { JSONValue.Member("d\($0)", schema(depth: 2, mayRefer: false)) }
    guard case .object(let members) = schema(depth: 0, mayRefer: true) else { return .object([]) }
    return .object(members + [.init("$defs", .object(named))])
  }

  private mutating func schema(depth: Int, mayRefer: Bool) -> JSONValue {
    if depth > 0, chance(12) { return .bool(chance(2)) }
    var members: [JSONValue.Member] = []
    func add(_ key: String, _ value: JSONValue) {
      if !members.contains(where: { $0.key == key }) { members.append(.init(key, value)) }
    }
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let within = depth + 1
      switch Int.random(in: 0..<(depth < 3 ? 23 : 14), using: &random) {
      case 0, 1:
        let types = ["null", "boolean", "object", "array", "number", "string", "integer"]
        if chance(2) {
          add("type", .string(pick(types)))
        } else {
          let chosen = Set([pick(types), pick(types), pick(types)])
          add("type", .array(chosen.sorted().map { .string($0) }))
        }
      case 2: add("const", value(depth: 2))
      case 3: add("enum", .array([value(depth: 2), number(), .string(pick(Self.texts))]))
      case 4: add(pick(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]), number())
      case 5: add("multipleOf", pick([.double(0.1), .int(2), .double(1.5), .int(100)]))
      case 6: add(pick(["minLength", "maxLength"]), .int(Int64.random(in: 0...3, using: &random)))
      case 7: add("pattern", .string(pick(Self.patterns)))
      case 8: add("format", .string(pick(["date", "time", "date-time", "uuid"])))
      case 9: add(pick(["minItems", "maxItems"]), .int(Int64.random(in: 0...3, using: &random)))
      case 10: add("uniqueItems", .bool(true))
      case 11:
        add(
          pick(["minProperties", "maxProperties"]), .int(Int64.random(in: 0...3, using: &random)))
      case 12: add("required", .array([.string(pick(Self.keys))]))
      case 13:
        add(
          "dependentRequired",
          .object([.init(pick(Self.keys), .array([.string(pick(Self.keys))]))]))
      case 14: add("items", schema(depth: within, mayRefer: mayRefer))
      case 15: add("prefixItems", .array([schema(depth: within, mayRefer: mayRefer)]))
      case 16: add("propertyNames", schema(depth: within, mayRefer: false))
      case 17, 18:
        let chosen = Set([pick(Self.keys), pick(Self.keys)])
        add(
          "properties",
          .object(
            chosen.sorted().map { .init($0, schema(depth: within, mayRefer: mayRefer)) }))
      case 19: add("additionalProperties", schema(depth: within, mayRefer: mayRefer))
      case 20:
        add(
          pick(["allOf", "anyOf", "oneOf"]),
          .array([
            schema(depth: within, mayRefer: false), schema(depth: within, mayRefer: false),
          ]))
      case 21: add("not", schema(depth: within, mayRefer: false))
      default:
        if mayRefer, chance(2) {
          add("$ref", .string("#/$defs/d\(Int.random(in: 0...1, using: &random))"))
        } else {
          add("if", schema(depth: within, mayRefer: false))
          add("then", schema(depth: within, mayRefer: false))
          add("else", schema(depth: within, mayRefer: false))
        }
      }
    }
    return .object(members)
  }
}
