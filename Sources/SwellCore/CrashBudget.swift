/// How many workers a run may take along.
public enum CrashBudget {
  /// With so many crashes nothing of the run is executed again by itself.
  public static let limit = 3
  /// How many runs that lost one worker a worker takes at a time.
  public static let atOnceAfterOne = 16
  /// How many runs that lost two workers a worker takes at a time.
  public static let atOnceAfterTwo = 1
  /// For how long one that was taken is not beside one that has lost another number: what kills does so soon.
  public static let apart = Duration.seconds(10)
}
