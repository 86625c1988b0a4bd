namespace NhiGrains.Host.Logging;

internal static class LoggingSetup
{
    // What these tell at Information is their own life, a line for every call or activation.
    private static readonly string[] Quiet = ["Orleans", "Microsoft", "System", "Polly", "Garnet", "Tsavorite", "StackExchange"];

    /// <summary>One line for each event, in UTC. Levels can be changed in the configuration, under <c>logging</c>.</summary>
    public static ILoggingBuilder AddNhiLogging(this ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Information);
        foreach (var category in Quiet)
            logging.AddFilter(category, LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // At start it takes the machine's uptime for a hang.
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        // Who asks whether the process is ready is told so; that it was not is no event of its own.
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // A refused token is its owner's mistake and is told to its owner.
        logging.AddFilter("Microsoft.AspNetCore.Authentication", LogLevel.Error);
        logging.AddConfiguration(configuration.GetSection(Settings.SettingKeys.Logging));
        return logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
    }
}
