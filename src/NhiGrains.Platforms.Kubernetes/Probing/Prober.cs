using k8s.Models;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Kubernetes.Api;
using NhiGrains.Platforms.Kubernetes.Applying;
using NhiGrains.Platforms.Kubernetes.Compiling;
using NhiGrains.Platforms.Kubernetes.Objects;
using NhiGrains.Platforms.Kubernetes.Observing;

namespace NhiGrains.Platforms.Kubernetes.Probing;

/// <summary>Asks the API server's authorizer by SubjectAccessReview.</summary>
internal sealed class Prober(string platform, KubernetesApi api, SnapshotReader snapshots, TimeProvider time)
{
    private const int AtOnce = 8;

    /// <summary>API servers hear of a change a moment after it was written: 0.2 s were measured.</summary>
    private static readonly TimeSpan TakesEffectWithin = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async Task<ProbeReport> ProbeAsync(DesiredState desired, CancellationToken cancellation)
    {
        var account = ServiceAccountName.Parse(desired.Binding.Principal);
        var others = new OthersAccess(await snapshots.ReadAsync(cancellation), account, desired.IdentityId);
        var given = Compiler.AccessesOf(desired.Entitlements.Select(e => e.Entitlement), platform);
        var questions = Questions.About(given, Compiler.AccessesOf(desired.EndedEntitlements, platform));
        var (toAsk, notAsked) = (new List<Question>(), new List<string>());
        foreach (var question in questions)
        {
            if (!question.Expected && others.Source(question.Namespace, question.Access) is { } source)
                notAsked.Add($"{question}: {source} gives it, which is not ours");
            else
                toAsk.Add(question);
        }

        var probes = await AskUntilRightAsync(account, toAsk, cancellation);
        return new([.. await PrincipalProbesAsync(desired, account, cancellation), .. await PlaceProbesAsync(given, cancellation), .. probes]) { NotAsked = notAsked };
    }

    /// <summary>
    /// What is wrong may not have taken effect yet, so it is asked again for a while. At the end all is asked once more and not only
    /// that: the report is about one time.
    /// </summary>
    private async Task<List<Probe>> AskUntilRightAsync(ServiceAccountName account, List<Question> questions, CancellationToken cancellation)
    {
        var since = time.GetTimestamp();
        var probes = await AskAllAsync(account, questions, cancellation);
        while (Wrong(questions, probes) is { Count: > 0 } wrong && time.GetElapsedTime(since) < TakesEffectWithin)
        {
            do
            {
                await Task.Delay(Pause, time, cancellation);
                wrong = Wrong(wrong, await AskAllAsync(account, wrong, cancellation));
            }
            while (wrong.Count > 0 && time.GetElapsedTime(since) < TakesEffectWithin);
            probes = await AskAllAsync(account, questions, cancellation);
        }

        return probes;
    }

    private static List<Question> Wrong(List<Question> questions, List<Probe> probes) =>
        [.. questions.Zip(probes).Where(asked => asked.Second.Expected != asked.Second.Answered).Select(asked => asked.First)];

    private async Task<List<Probe>> AskAllAsync(ServiceAccountName account, List<Question> questions, CancellationToken cancellation)
    {
        var probes = new List<Probe>();
        foreach (var chunk in questions.Chunk(AtOnce))
            probes.AddRange(await Task.WhenAll(chunk.Select(question => AskAsync(account, question, cancellation))));
        return probes;
    }

    /// <summary>The authorizer says yes for an account that was deleted, so the account is asked about apart.</summary>
    private async Task<List<Probe>> PrincipalProbesAsync(DesiredState desired, ServiceAccountName account, CancellationToken cancellation)
    {
        var found = await api.FindAsync(ApiKinds.ServiceAccount, account.Namespace, account.Name, cancellation);
        var probes = new List<Probe>();
        if (desired.Entitlements.Count > 0)
            probes.Add(new($"service account {account} exists", Expected: true, found is not null));
        if (desired.Entitlements.Count > 0 && desired.Binding.NativeId is { } bound)
            probes.Add(new($"service account {account} is the one that the identity is bound to", Expected: true, found?.Metadata.Uid == bound));
        if (!desired.PrincipalWanted)
            probes.Add(new($"service account {account} exists and is ours", Expected: false, found is not null && Marker.IdentityOf(found) == desired.IdentityId));
        return probes;
    }

    /// <summary>The authorizer knows no definitions: to it a rule of the cluster for what lives in namespaces is none that is wrong.</summary>
    private async Task<IReadOnlyList<Probe>> PlaceProbesAsync(IReadOnlyList<(string? Namespace, Access Access)> given, CancellationToken cancellation)
    {
        var scopes = new DefinedScopes(api);
        var placed = given.Select(one => PlacedType.Of(one.Namespace is null, one.Access.Group, one.Access.Resource)).OfType<PlacedType>().Distinct();
        return await Task.WhenAll(placed.Select(async one =>
            new Probe($"{one.Definition} is {one.Wanted} by its definition", Expected: true, await scopes.ProblemAsync(one, cancellation) is null)));
    }

    private async Task<Probe> AskAsync(ServiceAccountName account, Question question, CancellationToken cancellation)
    {
        var resource = question.Access.Resource.Split('/');
        var review = new V1SubjectAccessReview
        {
            ApiVersion = "authorization.k8s.io/v1",
            Kind = "SubjectAccessReview",
            Spec = new()
            {
                User = account.User,
                Groups = [.. account.Groups],
                ResourceAttributes = new()
                {
                    NamespaceProperty = question.Namespace,
                    Verb = question.Access.Verb,
                    Group = question.Access.Group,
                    Resource = resource[0],
                    Subresource = resource.Length > 1 ? resource[1] : null,
                    Name = question.Access.Name,
                },
            },
        };
        var answer = await api.AskAsync("apis/authorization.k8s.io/v1/subjectaccessreviews", review, "review access", cancellation);
        return answer.Status is { } status
            ? new(question.ToString(), question.Expected, status.Allowed)
            : throw ApiFailures.Unavailable("review access", "the answer holds no decision", null);
    }
}
