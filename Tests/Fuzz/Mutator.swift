/// Makes inputs of inputs, the same ones for the same seed.
public struct Mutator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// One of the inputs with one to eight changes.
  public mutating func mutate(_ inputs: [[UInt8]], words: [[UInt8]], maxBytes: Int) -> [UInt8] {
    var bytes = inputs.randomElement(using: &self) ?? []
    for _ in 0..<Int.random(in: 1...8, using: &self) { change(&bytes, inputs, words) }
    return Array(bytes.prefix(maxBytes))
  }

  private mutating func change(_ bytes: inout [UInt8], _ inputs: [[UInt8]], _ words: [[UInt8]]) {
    let at = Int.random(in: 0...bytes.count, using: &self)
    let end = min(bytes.count, at + Int.random(in: 1...16, using: &self))
    switch Int.random(in: 0..<8, using: &self) {
    case 0: if at < bytes.count { bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &self) }
    case 1: if at < bytes.count { bytes[at] = .random(in: 0...255, using: &self) }
    case 2: bytes.insert(.random(in: 0...255, using: &self), at: at)
    case 3: bytes.removeSubrange(at..<end)
    case 4: bytes.insert(contentsOf: bytes[at..<end], at: at)
    case 5, 6: bytes.insert(contentsOf: words.randomElement(using: &self) ?? [], at: at)
    default:
      let other = inputs.randomElement(using: &self) ?? []
      let from = Int.random(in: 0...other.count, using: &self)
      if Bool.random(using: &self) {
        bytes.replaceSubrange(at..., with: other[from...])
      } else {
        // Deep and long inputs: one part, over and over.
        let part = other[from...].prefix(Int.random(in: 1...8, using: &self))
        let count = Int.random(in: 1...600, using: &self)
        bytes.insert(contentsOf: (0..<count).flatMap { _ in part }, at: at)
      }
    }
  }
}
