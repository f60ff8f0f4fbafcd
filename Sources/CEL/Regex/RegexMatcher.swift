/// Follows all ways through a program at once, one character after the other.
struct RegexMatcher {
  private let program: RegexProgram
  private let budget: Int
  private var work = 0
  /// The instructions that wait for the next character, and where each of them is in the list.
  private var waiting: [Int] = []
  private var seen: [Int]
  private var round = 0
  private var stack: [Int] = []

  init(_ program: RegexProgram, budget: Int) {
    self.program = program
    self.budget = budget
    seen = [Int](repeating: 0, count: program.instructions.count)
  }

  /// What the search took of the budget of steps.
  var steps: Int { 1 + work >> 3 }

  /// Whether any part matches; meaningless once the budget is spent.
  mutating func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var at = 0
    var before: UInt32?
    while true {
      var next = at
      let after = at < text.count ? UTF8Scalar.decode(text, at: &next) : nil
      // Those that came here by a character, then one more way that begins here.
      let arrived = waiting
      waiting.removeAll(keepingCapacity: true)
      round += 1
      for instruction in arrived where follow(instruction, before, after) { return true }
      if follow(0, before, after) { return true }
      guard let after, steps <= budget else { return false }
      step(over: after)
      before = after
      at = next
    }
  }

  /// Keeps of the waiting instructions those that the character lets pass.
  private mutating func step(over scalar: UInt32) {
    var kept = 0
    for index in waiting.indices {
      work += 1
      guard case .set(let set) = program.instructions[waiting[index]],
        program.sets[set].contains(scalar)
      else { continue }
      waiting[kept] = waiting[index] + 1
      kept += 1
    }
    waiting.removeSubrange(kept...)
  }

  /// Goes on from an instruction to all that wait for a character.
  ///
  /// - Returns: whether the end is reached.
  private mutating func follow(_ start: Int, _ before: UInt32?, _ after: UInt32?) -> Bool {
    stack.append(start)
    while let at = stack.popLast() {
      guard seen[at] != round else { continue }
      seen[at] = round
      work += 1
      switch program.instructions[at] {
      case .match:
        stack.removeAll(keepingCapacity: true)
        return true
      case .set: waiting.append(at)
      case .jump(let target): stack.append(target)
      case .split(let first, let second):
        stack.append(second)
        stack.append(first)
      case .assertion(let assertion):
        if assertion.holds(before: before, after: after) { stack.append(at + 1) }
      }
    }
    return false
  }
}
