/// The state of one evaluation: what the names stand for, and what is left of the budgets.
struct Evaluation {
  let bindings: CELBindings
  let limits: CELLimits
  /// Whether an int and a double make a double.
  let promotes: Bool
  private(set) var stepsLeft: Int
  private var memoryLeft: Int
  /// The variables of loops and `cel.bind`, by their slots.
  var locals: [CELValue] = []
  /// What lazy variables gave, once one was asked.
  private var resolved: [CELValue?] = []

  init(_ bindings: CELBindings, limits: CELLimits, promotes: Bool) {
    self.bindings = bindings
    self.limits = limits
    self.promotes = promotes
    stepsLeft = limits.steps
    memoryLeft = limits.memory
  }

  mutating func reserveLocals(_ count: Int) {
    while locals.count < count { locals.append(.null) }
  }

  @inline(__always)
  mutating func spend(_ steps: Int, at place: CELPlace? = nil) throws(CELError) {
    stepsLeft &-= steps
    if stepsLeft < 0 { throw spent(place) }
  }

  @inline(never)
  private func spent(_ place: CELPlace?) -> CELError {
    CELError(.stepLimit, "the evaluation takes more than \(limits.steps) steps", at: place)
  }

  /// Takes from the budget of memory what is about to be made.
  @inline(__always)
  mutating func make(_ bytes: Int, at place: CELPlace? = nil) throws(CELError) {
    memoryLeft &-= bytes
    if memoryLeft < 0 { throw full(place) }
  }

  @inline(never)
  private func full(_ place: CELPlace?) -> CELError {
    CELError(
      .memoryLimit, "the evaluation makes values of more than \(limits.memory) bytes", at: place)
  }

  mutating func makeList(_ count: Int, at place: CELPlace? = nil) throws(CELError) {
    try make(32 + 24 * count, at: place)
  }

  mutating func makeMap(_ count: Int, at place: CELPlace? = nil) throws(CELError) {
    try make(64 + 96 * count, at: place)
  }

  mutating func string(_ text: String) throws(CELError) -> CELValue {
    try make(16 + text.utf8.count)
    return .string(CELString(text))
  }

  mutating func list(_ elements: [CELValue]) throws(CELError) -> CELValue {
    try makeList(elements.count)
    return .list(CELList(elements))
  }

  mutating func isEqual(_ left: CELValue, _ right: CELValue) throws(CELError) -> Bool {
    var equality = Equality(budget: stepsLeft)
    let isEqual = equality.isEqual(left, right)
    stepsLeft = equality.budget
    if stepsLeft < 0 { throw spent(nil) }
    return isEqual
  }

  @inline(never)
  mutating func resolve(
    _ slot: Int, _ find: @Sendable () throws(CELError) -> CELValue
  ) throws(CELError) -> CELValue {
    if slot < resolved.count, let value = resolved[slot] { return value }
    let value = try find()
    while resolved.count <= slot { resolved.append(nil) }
    resolved[slot] = value
    return value
  }
}
