using System.Text.RegularExpressions;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.Budgets;

namespace NhiGrains.Platforms.Gcp;

/// <summary>One Google Cloud project under control.</summary>
public sealed partial record GcpPlatformOptions
{
    /// <summary>The longest that Google gives without a change of an organisation's policy.</summary>
    private static readonly TimeSpan LongestToken = TimeSpan.FromHours(1);

    private static readonly string[] KnownServices = ["pubsub", "secretmanager", "storage"];

    /// <summary>The platform's id, for example <c>gcp:shop</c>. Required.</summary>
    public required string Platform { get; init; }

    /// <summary>The project's id, for example <c>shop-prod</c>; not its number. Required.</summary>
    public required string ProjectId { get; init; }

    /// <summary>The project's number. Only prefixes of secrets need it. Null (the default): they are refused.</summary>
    public string? ProjectNumber { get; init; }

    /// <summary>The services whose resources are read and given access to. Default: pubsub, secretmanager, storage. One whose API is not enabled has to be left out.</summary>
    public IReadOnlyList<string> Services { get; init; } = KnownServices;

    /// <summary>The regions whose Cloud Run services are read and given access to. Default: none.</summary>
    public IReadOnlyList<string> RunRegions { get; init; } = [];

    /// <summary>Where all of Google's services are, in place of Google's own hosts. Null (the default): Google's.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>An access token, for tests and demonstrations. Null (the default): Google's application default credentials.</summary>
    public string? AccessToken { get; init; }

    /// <summary>How long one request may take, from 1 s to 5 min. Default: 30 s, since some of Google's policies are slow to write.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an access token is handed out for at most, from 1 min to 1 h. Default: 15 min. It cannot be ended earlier.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// For the few types whose end Google does not keep: how long after it access lasts at worst while the control plane runs.
    /// From 1 s to 1 h. Default: 8 min, since Google's own words are 2 minutes as a rule, and 7 or more at times.
    /// </summary>
    public TimeSpan ControllerLag { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary>
    /// How fast the project may be called. Default: 40 calls a second, and 200 at once after a pause. Nearly all are reads, of which Google
    /// allows thousands a minute; of writes it allows 600, and those of one policy are made together. It slows down when Google asks to.
    /// </summary>
    public CallBudgetOptions Budget { get; init; } = new() { CallsPerSecond = 40, Burst = 200 };

    /// <returns>The first value that is wrong, in a sentence; null when none is.</returns>
    internal string? Problem() =>
        Names.CheckPlatformId(Platform) is { } refusal ? $"Platform: {refusal.Message} {refusal.Remedy}"
        : !Project().IsMatch(ProjectId) ? "ProjectId is 6 to 30 lower-case letters, digits and '-', for example 'shop-prod'."
        : ProjectNumber is not null && !Number().IsMatch(ProjectNumber) ? "ProjectNumber is a number of digits."
        : Services.FirstOrDefault(service => !KnownServices.Contains(service, StringComparer.Ordinal)) is { } unknown ? $"Services: there is no '{unknown}'; there are {string.Join(", ", KnownServices)}."
        : RunRegions.FirstOrDefault(region => !Region().IsMatch(region)) is { } wrong ? $"RunRegions: '{wrong}' is no region; one is for example 'europe-west1'."
        : Endpoint is { IsAbsoluteUri: false } ? "Endpoint is an absolute address."
        : OptionRanges.Outside(nameof(RequestTimeout), RequestTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5))
        ?? OptionRanges.Outside(nameof(TokenLifetime), TokenLifetime, TimeSpan.FromMinutes(1), LongestToken)
        ?? OptionRanges.Outside(nameof(ControllerLag), ControllerLag, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))
        ?? (Budget.Problem() is { } budget ? $"Budget: {budget}" : null);

    /// <summary>A record prints its members, and one of these is a secret.</summary>
    public override string ToString() => $"{Platform} ({ProjectId})";

    [GeneratedRegex("^[a-z][-a-z0-9]{4,28}[a-z0-9]\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Project();

    [GeneratedRegex("^[0-9]{1,20}\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();

    [GeneratedRegex("^[a-z]+-[a-z]+[0-9]{1,2}\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Region();
}
