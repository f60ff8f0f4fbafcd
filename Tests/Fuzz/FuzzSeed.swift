import Foundation

/// The seed of a pass: another one each time, or what `SWELL_FUZZ_SEED` says.
public enum FuzzSeed {
  public static let value =
    ProcessInfo.processInfo.environment["SWELL_FUZZ_SEED"].flatMap(UInt64.init)
    ?? UInt64.random(in: 0...UInt64.max)
}
