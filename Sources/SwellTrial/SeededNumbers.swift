/// Numbers from 0 up to but not including 1: always 0, or those of a seed.
struct SeededNumbers {
  private var state: UInt64?

  init(seed: UInt64?) {
    state = seed
  }

  mutating func next() -> Double {
    guard var seed = state else { return 0 }
    seed &+= 0x9e37_79b9_7f4a_7c15
    state = seed
    var mixed = (seed ^ (seed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return Double((mixed ^ (mixed >> 31)) >> 11) / Double(1 << 53)
  }
}
