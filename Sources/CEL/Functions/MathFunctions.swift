/// The `math` extension.
enum MathFunctions {
  static let all: [Function] = extremes + rounding + signs + bits

  private static let numbers: [CELType] = [.int, .uint, .double]

  private static let extremes: [Function] = [
    extreme("math.greatest") { $0 > 0 }, extreme("math.least") { $0 < 0 },
  ]

  private static func extreme(
    _ name: String, _ wins: @escaping @Sendable (Int) -> Bool
  ) -> Function {
    let signatures =
      numbers.map { Signature([$0], $0) } + [Signature([.list(.dyn)], .dyn)]
    let body = Function.Body.many { values, evaluation throws(CELError) in
      if values.count == 1, case .list(let list) = values[0] {
        return try best(list.elements, wins, &evaluation)
      }
      return try best(values, wins, &evaluation)
    }
    return Function(
      name: name, isMember: false, signatures: signatures, body: body, isVariadic: true)
  }

  private static func best(
    _ values: [CELValue], _ wins: (Int) -> Bool, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    try evaluation.spend(values.count >> 2)
    guard var best = values.first else {
      throw CELError(.emptyList, "an empty list has neither greatest nor least")
    }
    guard values.allSatisfy(CELNumber.isNumber) else { throw .noOverload }
    for value in values.dropFirst() {
      if let order = CELNumber.compare(value, best), wins(order) { best = value }
    }
    return best
  }

  private static let rounding: [Function] = [
    rounded("math.ceil") { $0.rounded(.up) },
    rounded("math.floor") { $0.rounded(.down) },
    rounded("math.round") { $0.rounded(.toNearestOrAwayFromZero) },
    rounded("math.trunc") { $0.rounded(.towardZero) },
    test("math.isNaN") { $0.isNaN },
    test("math.isInf") { $0.isInfinite },
    test("math.isFinite") { $0.isFinite },
    .function(
      "math.sqrt", numbers.map { Signature([$0], .double) },
      .one { value, _ throws(CELError) in
        guard let number = CELNumber.double(value) else { throw .noOverload }
        return .double(number.squareRoot())
      }),
  ]

  private static func rounded(
    _ name: String, _ body: @escaping @Sendable (Double) -> Double
  ) -> Function {
    .function(
      name, [Signature([.double], .double)],
      .one { value, evaluation throws(CELError) in
        .double(body(try double(value, evaluation)))
      })
  }

  private static func test(
    _ name: String, _ body: @escaping @Sendable (Double) -> Bool
  ) -> Function {
    .function(
      name, [Signature([.double], .bool)],
      .one { value, evaluation throws(CELError) in
        .bool(body(try double(value, evaluation)))
      })
  }

  /// Where ints are promoted, a double that JSON writes without a point is one here, too.
  private static func double(
    _ value: CELValue, _ evaluation: Evaluation
  ) throws(CELError) -> Double {
    switch value {
    case .double(let number): return number
    case .int(let number) where evaluation.promotes: return Double(number)
    default: throw .noOverload
    }
  }

  private static let signs: [Function] = [
    .function(
      "math.abs", numbers.map { Signature([$0], $0) },
      .one { value, _ throws(CELError) in
        switch value {
        case .int(let number):
          guard number != .min else { throw Arithmetic.overflow("int") }
          return .int(abs(number))
        case .uint: return value
        case .double(let number): return .double(abs(number))
        default: throw .noOverload
        }
      }),
    .function(
      "math.sign", numbers.map { Signature([$0], $0) },
      .one { value, _ throws(CELError) in
        switch value {
        case .int(let number): return .int(number.signum())
        case .uint(let number): return .uint(number == 0 ? 0 : 1)
        case .double(let number):
          return .double(number.isNaN ? number : number > 0 ? 1 : number < 0 ? -1 : 0)
        default: throw .noOverload
        }
      }),
  ]

  private static let bits: [Function] = [
    bitwise("math.bitAnd", { $0 & $1 }, { $0 & $1 }),
    bitwise("math.bitOr", { $0 | $1 }, { $0 | $1 }),
    bitwise("math.bitXor", { $0 ^ $1 }, { $0 ^ $1 }),
    .function(
      "math.bitNot", [Signature([.int], .int), Signature([.uint], .uint)],
      .one { value, _ throws(CELError) in
        switch value {
        case .int(let number): return .int(~number)
        case .uint(let number): return .uint(~number)
        default: throw .noOverload
        }
      }),
    shift("math.bitShiftLeft") { $0 << $1 },
    // Of an int, too, zeros come in from the left.
    shift("math.bitShiftRight") { $0 >> $1 },
  ]

  private static func bitwise(
    _ name: String, _ ints: @escaping @Sendable (Int64, Int64) -> Int64,
    _ uints: @escaping @Sendable (UInt64, UInt64) -> UInt64
  ) -> Function {
    .function(
      name, [Signature([.int, .int], .int), Signature([.uint, .uint], .uint)],
      .two { a, b, _ throws(CELError) in
        switch (a, b) {
        case (.int(let a), .int(let b)): return .int(ints(a, b))
        case (.uint(let a), .uint(let b)): return .uint(uints(a, b))
        default: throw .noOverload
        }
      })
  }

  private static func shift(
    _ name: String, _ body: @escaping @Sendable (UInt64, Int64) -> UInt64
  ) -> Function {
    .function(
      name, [Signature([.int, .int], .int), Signature([.uint, .int], .uint)],
      .two { value, distance, _ throws(CELError) in
        guard case .int(let distance) = distance else { throw .noOverload }
        switch value {
        case .int(let number):
          try check(distance)
          return .int(Int64(bitPattern: body(UInt64(bitPattern: number), distance)))
        case .uint(let number):
          try check(distance)
          return .uint(body(number, distance))
        default: throw .noOverload
        }
      })
  }

  private static func check(_ distance: Int64) throws(CELError) {
    guard distance >= 0 else {
      throw CELError(.invalidArgument, "the distance of a shift must not be negative: \(distance)")
    }
  }
}
