/// A reader of bytes from outside, with what has to hold whatever the bytes are.
///
/// libFuzzer (`scripts/fuzz`) and the seeded pass of `scripts/test` call the same code.
public protocol FuzzTarget: Sendable {
  /// The name on the command line, of the corpus' folder and of the dictionary.
  static var name: String { get }

  /// The longest input that is made.
  static var maxBytes: Int { get }

  /// Reads the input and checks what came of it.
  static func examine(_ input: [UInt8]) throws(FuzzFinding)
}

extension FuzzTarget {
  public static var maxBytes: Int { 16 << 10 }

  /// What an input shows, if anything: also when it takes far too much time.
  public static func finding(in input: [UInt8]) -> FuzzFinding? {
    let start = ThreadTime.now
    do throws(FuzzFinding) {
      try examine(input)
    } catch {
      return error
    }
    let taken = ThreadTime.now - start
    // Hundreds of times what the slowest input takes in a debug build with AddressSanitizer.
    return taken < .seconds(10) ? nil : FuzzFinding("took \(taken) of processor time")
  }
}
