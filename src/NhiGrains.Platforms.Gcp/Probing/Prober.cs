using System.Collections.Concurrent;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Compiling;
using NhiGrains.Platforms.Gcp.Objects;
using NhiGrains.Platforms.Gcp.Observing;

namespace NhiGrains.Platforms.Gcp.Probing;

/// <summary>Asks Google's own authorizer by Policy Troubleshooter, which is told the time and the resource.</summary>
internal sealed class Prober(GcpPlatformOptions options, GoogleServices google, SnapshotReader snapshots, RecentReads recent, TimeProvider time)
{
    private const int AtOnce = 8;

    /// <summary>An entitlement may name a hundred resources, and Google's quota of questions is small.</summary>
    private const int MaxQuestions = 200;

    public async Task<ProbeReport> ProbeAsync(DesiredState desired, CancellationToken cancellation)
    {
        var account = AccountEmail.Parse(desired.Binding.Principal, options.ProjectId);
        var snapshot = recent.Take(desired.IdentityId) ?? await snapshots.ReadAsync(cancellation);
        var (compiler, now) = (new Compiler(options), time.GetUtcNow());
        var questions = new Questions(compiler.AccessesOf(desired.Entitlements), Known(snapshot), now);
        var asked = questions.About(compiler.AccessesOf(desired.EndedEntitlements.Select(ended => new DesiredEntitlement(ended, "", EndsAt: null))));
        var others = new OthersAccess(options, snapshot, account, desired.IdentityId);
        var (probes, notAsked) = (new ConcurrentBag<Probe>(), new ConcurrentBag<string>(questions.NotAsked));
        foreach (var question in asked.Skip(MaxQuestions))
            notAsked.Add($"{question}: more than {MaxQuestions} questions");
        await Parallel.ForEachAsync(asked.Take(MaxQuestions), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (question, token) =>
        {
            if (!question.Expected && others.Source(question) is { } source)
                notAsked.Add($"{question}: {source} gives it or may give it, which is not ours");
            else if (await AskAsync(account, question, token) is { } answer)
                probes.Add(new(question.ToString(), question.Expected, answer));
            else
                notAsked.Add($"{question}: Google's authorizer does not know");
        });
        return new([.. PrincipalProbes(desired, snapshot, account), .. probes.OrderBy(probe => probe.Question, StringComparer.Ordinal)])
        {
            NotAsked = [.. notAsked.Order(StringComparer.Ordinal)],
        };
    }

    /// <summary>Null: it cannot tell.</summary>
    private async Task<bool?> AskAsync(AccountEmail account, Question question, CancellationToken cancellation)
    {
        var doing = $"ask whether {account} has {question.Permission}";
        var answer = await google.Troubleshooter.Troubleshoot(question.Tuple(account, options)).SendAsync(doing, cancellation);
        return answer.OverallAccessState switch
        {
            "CAN_ACCESS" => true,
            "CANNOT_ACCESS" => false,
            "UNKNOWN_INFO" or "UNKNOWN_CONDITIONAL" => null,
            _ => throw ApiFailures.Unavailable(doing, "the answer holds no decision"),
        };
    }

    /// <summary>The authorizer says yes for an account that is disabled, so the account is looked at apart.</summary>
    private static List<Probe> PrincipalProbes(DesiredState desired, Snapshot snapshot, AccountEmail account)
    {
        var found = snapshot.Accounts.GetValueOrDefault(account);
        var probes = new List<Probe>();
        if (desired.Entitlements.Count > 0)
            probes.Add(new($"service account {account} exists and is enabled", Expected: true, found is not null && found.Disabled != true));
        if (desired.Entitlements.Count > 0 && desired.Binding.NativeId is { } bound)
            probes.Add(new($"service account {account} is the one that the identity is bound to", Expected: true, found?.UniqueId == bound));
        if (!desired.PrincipalWanted)
            probes.Add(new($"service account {account} exists and is ours", Expected: false, found is not null && Marker.IdentityOf(found) == desired.IdentityId));
        return probes;
    }

    private static Known[] Known(Snapshot snapshot) =>
    [
        .. snapshot.Places.OrderBy(place => place.Name, StringComparer.Ordinal).Select(place => (place.Kind, Parts: place.Name.Split('/'))).Select(one => one.Kind switch
        {
            PlaceKind.Bucket => new Known("storage-bucket", "", one.Parts[^1]),
            PlaceKind.Topic => new("pubsub-topic", "", one.Parts[^1]),
            PlaceKind.Subscription => new("pubsub-subscription", "", one.Parts[^1]),
            PlaceKind.Secret => new("secretmanager-secret", "", one.Parts[^1]),
            PlaceKind.RunService => new("run-service", one.Parts[^3], one.Parts[^1]),
            _ => null,
        }).OfType<Known>(),
    ];
}
