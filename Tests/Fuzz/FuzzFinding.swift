/// What did not hold for an input.
public struct FuzzFinding: Error, CustomStringConvertible {
  public var description: String

  public init(_ description: String) {
    self.description = description
  }

  static func unless(
    _ holds: Bool, _ finding: @autoclosure () -> String
  ) throws(FuzzFinding) {
    if !holds { throw FuzzFinding(finding()) }
  }
}
