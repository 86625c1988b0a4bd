using NhiGrains.Contracts.Notifications;
using NhiGrains.Host.Settings;

namespace NhiGrains.Host.Notifications;

internal static class NotificationSetup
{
    /// <summary>What sends, which everybody has who could ask what waits; <see cref="NotificationKeeper"/> sees to it that it does.</summary>
    /// <exception cref="SetupException">A file of secrets is not good.</exception>
    public static void AddNotifications(this IServiceCollection services, IReadOnlyList<NotificationSink> sinks)
    {
        var sender = new NotificationSender(sinks, TimeProvider.System);
        services.AddSingleton<INotificationSender>(_ => sender); // By a factory, so that it is disposed of with the others.
    }
}
