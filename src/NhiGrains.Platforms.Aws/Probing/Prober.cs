using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Compiling;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.Aws.Observing;

namespace NhiGrains.Platforms.Aws.Probing;

/// <summary>Asks AWS's own authorizer by SimulatePrincipalPolicy.</summary>
internal sealed class Prober(Place place, IIamApi api, PrincipalReader reader, TimeProvider time)
{
    /// <summary>The most actions and resources of one call.</summary>
    private const int AtOnce = 25;

    private static readonly TimeSpan TakesEffectWithin = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public async Task<ProbeReport> ProbeAsync(DesiredState desired, CancellationToken cancellation)
    {
        var state = await reader.ReadAsync(PrincipalName.Parse(desired.Binding.Principal), cancellation);
        var others = new OthersAccess(state, desired.IdentityId);
        var (toAsk, notAsked) = (new List<Question>(), new List<string>());
        foreach (var question in Questions.About(desired, place, time.GetUtcNow()))
        {
            if (!question.Expected && others.Source(question.Request.Action, question.Request.Arn) is { } source)
                notAsked.Add($"{question}: {source} may give it, which is not ours");
            else
                toAsk.Add(question);
        }

        var since = time.GetTimestamp();
        var probes = await AskAllAsync(state, toAsk, cancellation);
        while (probes.Any(probe => probe.Expected != probe.Answered) && time.GetElapsedTime(since) < TakesEffectWithin)
        {
            await Task.Delay(Pause, time, cancellation);
            probes = await AskAllAsync(state, toAsk, cancellation);
        }

        return new([.. PrincipalProbes(desired, state.Detail?.Principal), .. probes]) { NotAsked = notAsked };
    }

    private static IEnumerable<Probe> PrincipalProbes(DesiredState desired, IamPrincipal? found)
    {
        var name = desired.Binding.Principal;
        if (desired.Entitlements.Count > 0)
            yield return new($"{name} exists", Expected: true, found is not null);
        if (desired.Entitlements.Count > 0 && desired.Binding.NativeId is { } bound)
            yield return new($"{name} is the one that the identity is bound to", Expected: true, found?.Id == bound);
        if (!desired.PrincipalWanted)
            yield return new($"{name} exists and is ours", Expected: false, found is not null && Marker.IdentityOf(found) == desired.IdentityId);
    }

    /// <summary>Who does not exist can do nothing, and AWS answers no question about it.</summary>
    private async Task<List<Probe>> AskAllAsync(PrincipalState state, List<Question> questions, CancellationToken cancellation)
    {
        if (state.Detail is not { } detail)
            return [.. questions.Select(question => new Probe(question.ToString(), question.Expected, Answered: false))];
        var probes = new List<Probe>();
        foreach (var same in questions.GroupBy(question => question.Request.ContextText, StringComparer.Ordinal))
        {
            foreach (var chunk in same.Chunk(AtOnce))
                probes.AddRange(await AskAsync(detail.Principal, chunk, cancellation));
        }

        return probes;
    }

    /// <summary>AWS answers for each action on each resource; those that were asked about are picked.</summary>
    private async Task<IEnumerable<Probe>> AskAsync(IamPrincipal principal, Question[] questions, CancellationToken cancellation)
    {
        string[] Distinct(Func<Request, string> of) => [.. questions.Select(question => of(question.Request)).Distinct(StringComparer.Ordinal)];
        var answers = await api.SimulatePrincipalPolicyAsync(
            principal.Arn, Distinct(request => request.Action), Distinct(request => request.Arn), questions[0].Request.Context, cancellation);
        return questions.Select(question => new Probe(question.ToString(), question.Expected, AnswerTo(question.Request, answers)));
    }

    private static bool AnswerTo(Request request, IReadOnlyList<EvaluationResult> answers) =>
        answers.FirstOrDefault(answer => answer.Action == request.Action && answer.Resource == request.Arn)?.Allowed
        ?? throw AwsFailures.Unavailable("SimulatePrincipalPolicy", "the answer leaves out something that was asked", null);
}
