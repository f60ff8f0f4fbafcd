/// How many workers a run may take along.
public enum CrashBudget {
  /// With so many crashes nothing of the run is executed again by itself.
  public static let limit = 3
  /// How many runs that lost one worker a worker takes at a time.
  public static let atOnceAfterOne = 16
  /// For how long a run that lost two workers is alone with what its worker had claimed so long before: what kills does so
  /// soon.
  public static let alone = Duration.seconds(10)
}
