namespace NhiGrains.Host.Settings;

/// <summary>The systems that are told what is loud: <c>notifications.NAME</c>, each with an address and a file of secrets.</summary>
internal static class NotificationSettings
{
    public const string Section = "notifications";

    private const string Url = "url";
    private const string SecretFile = "secretFile";
    private const int LongestName = 63;

    public static IReadOnlyList<string> Keys { get; } = [Url, SecretFile];

    // Names of environment variables are upper case; a sink's name never is.
    public static IReadOnlyList<NotificationSink> Read(IConfiguration from) =>
        [.. from.GetSection(Section).GetChildren().Select(sink => Read(sink, sink.Key.ToLowerInvariant())).OrderBy(sink => sink.Name, StringComparer.Ordinal)];

    private static NotificationSink Read(IConfigurationSection sink, string name)
    {
        if (name.Length > LongestName || !name.All(character => character is >= 'a' and <= 'z' or >= '0' and <= '9' or '-'))
            throw new SetupException($"'{sink.Key}' is no name for a sink of notifications: it is at most {LongestName} letters, digits and '-'.");
        return new(name, Address(Required(sink, Url), name), Path.GetFullPath(Required(sink, SecretFile)));
    }

    private static string Required(IConfigurationSection sink, string key) => sink[key] is { } text && !string.IsNullOrWhiteSpace(text)
        ? text.Trim()
        : throw new SetupException($"The sink '{sink.Key}' needs '{Section}:{sink.Key}:{key}'.");

    // An address may hold a token, so no message repeats it.
    private static Uri Address(string text, string name) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.UserInfo.Length == 0 && url.Fragment.Length == 0
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            ? url
            : throw new SetupException($"'{Section}:{name}:{Url}' is an https address without user and password; http is for loopback only.");
}

/// <param name="Name">What audit events call it.</param>
/// <param name="SecretFile">As that of webhooks: what is sent is signed with each of its secrets.</param>
internal sealed record NotificationSink(string Name, Uri Url, string SecretFile)
{
    /// <summary>A record prints its members, and an address may hold a token.</summary>
    public override string ToString() => Name;
}
