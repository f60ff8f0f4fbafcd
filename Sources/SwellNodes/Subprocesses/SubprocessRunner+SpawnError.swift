import Subprocess
import SwellModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension SubprocessRunner.Request {
  /// What it means that the program could not be started.
  func spawnError(_ reason: any Error) -> NodeError {
    guard let reason = reason as? SubprocessError else {
      return error(.io, "could not be run: \(reason)", code: "spawn_failed")
    }
    let number = reason.underlyingError.map { Self.rawValue(of: $0) }
    switch (reason.code, number) {
    case (.executableNotFound, _), (_, ENOENT):
      // The file exists, or `refusal` had said so: what is missing is its interpreter.
      return error(
        .other, "cannot be started: it, or the interpreter it names, does not exist",
        code: "program_not_found")
    case (_, EACCES), (_, ENOEXEC), (_, EPERM):
      return error(.other, "is not executable", code: "program_not_executable")
    case (_, E2BIG):
      return error(
        .tooLarge, "has more arguments and environment than the system allows",
        code: "arguments_too_large")
    case (.failedToChangeWorkingDirectory, _):
      return error(
        .other, "cannot run in \(directory ?? ""): no such folder", code: "directory_not_found")
    default:
      return error(.io, "could not be run: \(reason)", code: "spawn_failed")
    }
  }

  private static func rawValue<Number: RawRepresentable>(of number: Number) -> CInt
  where Number.RawValue == CInt { number.rawValue }
}
