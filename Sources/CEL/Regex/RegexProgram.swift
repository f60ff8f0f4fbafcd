/// The instructions that a regular expression becomes.
struct RegexProgram: Sendable {
  enum Instruction: Sendable {
    case set(Int)
    case assertion(RegexAssertion)
    /// Go on at both places.
    case split(Int, Int)
    case jump(Int)
    case match
  }

  private(set) var instructions: [Instruction] = []
  let sets: [ScalarSet]
  private let limit: Int
  private var work = 0

  init(_ tree: RegexTree, sets: [ScalarSet], limit: Int) throws(CELError) {
    self.sets = sets
    self.limit = limit
    try emit(tree)
    try append(.match)
  }

  private mutating func append(_ instruction: Instruction) throws(CELError) {
    guard instructions.count < limit else { throw tooLarge }
    instructions.append(instruction)
  }

  private var tooLarge: CELError {
    CELError(
      .regexTooLarge,
      "the regular expression becomes more than \(limit) instructions; repeat less")
  }

  private mutating func emit(_ tree: RegexTree) throws(CELError) {
    // Repetitions of nothing make no instructions, but take time.
    work += 1
    guard work <= 8 * limit else { throw tooLarge }
    switch tree {
    case .empty: break
    case .set(let index): try append(.set(index))
    case .assertion(let assertion): try append(.assertion(assertion))
    case .sequence(let parts): for part in parts { try emit(part) }
    case .choice(let branches): try emit(branches)
    case .repetition(let part, let low, let high): try emit(part, low, high)
    }
  }

  private mutating func emit(_ branches: [RegexTree]) throws(CELError) {
    var ends: [Int] = []
    for (index, branch) in branches.enumerated() {
      guard index < branches.count - 1 else {
        try emit(branch)
        break
      }
      let split = instructions.count
      try append(.split(split + 1, 0))
      try emit(branch)
      ends.append(instructions.count)
      try append(.jump(0))
      instructions[split] = .split(split + 1, instructions.count)
    }
    for end in ends { instructions[end] = .jump(instructions.count) }
  }

  private mutating func emit(_ part: RegexTree, _ low: Int, _ high: Int?) throws(CELError) {
    for _ in 0..<low { try emit(part) }
    guard let high else {
      let split = instructions.count
      try append(.split(split + 1, 0))
      try emit(part)
      try append(.jump(split))
      instructions[split] = .split(split + 1, instructions.count)
      return
    }
    var splits: [Int] = []
    for _ in low..<max(low, high) {
      splits.append(instructions.count)
      try append(.split(instructions.count + 1, 0))
      try emit(part)
    }
    for split in splits { instructions[split] = .split(split + 1, instructions.count) }
  }
}
