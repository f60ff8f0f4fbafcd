import Foundation
import SwellFuzz

/// libFuzzer with the target that `SWELL_FUZZ_TARGET` names. libFuzzer starts this program
/// again, with other arguments, so the name is not one of them.
@main
enum FuzzRunner {
  static func main() {
    guard target != nil else {
      end("SWELL_FUZZ_TARGET is none of \(FuzzTargets.names.joined(separator: ", "))")
    }
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(
      runDriver(&count, &arguments) { start, count in
        FuzzRunner.examine(Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
      })
  }

  private static let target: (any FuzzTarget.Type)? = {
    let name = ProcessInfo.processInfo.environment["SWELL_FUZZ_TARGET"] ?? ""
    return FuzzTargets.all.first { $0.name == name }
  }()

  private static func examine(_ input: [UInt8]) {
    guard let target, let finding = target.finding(in: input) else { return }
    // libFuzzer keeps the input of a process that aborts.
    end("finding in \(target.name): \(finding)")
  }

  private static func end(_ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    abort()
  }
}

/// libFuzzer's own `main`, which `-sanitize=fuzzer` links in.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ examine: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
