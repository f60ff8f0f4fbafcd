/// A function or method with a fixed number of arguments.
struct Function: Sendable {
  typealias One =
    @Sendable (CELValue, inout Evaluation) throws(CELError) -> CELValue
  typealias Two =
    @Sendable (CELValue, CELValue, inout Evaluation) throws(CELError) -> CELValue
  typealias Many =
    @Sendable ([CELValue], inout Evaluation) throws(CELError) -> CELValue

  /// What it does; throws an error without a message when no overload takes the values.
  enum Body: Sendable {
    case one(One)
    case two(Two)
    case many(Many)
  }

  let name: String
  let isMember: Bool
  /// The overloads; a method has its receiver as the first parameter.
  let signatures: [Signature]
  let body: Body
  /// Whether it takes any number of arguments from one on, all like the first.
  var isVariadic = false

  /// How many arguments it takes, with the receiver.
  var count: Int { signatures[0].parameters.count }

  static func function(_ name: String, _ signatures: [Signature], _ body: Body) -> Function {
    Function(name: name, isMember: false, signatures: signatures, body: body)
  }

  static func method(_ name: String, _ signatures: [Signature], _ body: Body) -> Function {
    Function(name: name, isMember: true, signatures: signatures, body: body)
  }

  func takes(_ arguments: Int) -> Bool {
    isVariadic ? arguments >= 1 : arguments == count
  }
}
