using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.TestKit.Contract;

/// <summary>
/// What every connector owes, against a real platform. A connector's tests inherit all of it and can leave nothing out; what a
/// platform cannot do is declared in its <see cref="Capabilities"/>, and then the contract holds it to that.
/// </summary>
public abstract partial class ConnectorContract : IAsyncLifetime
{
    private ConnectorTarget? _target;

    protected ConnectorTarget Target => _target ?? throw new InvalidOperationException("The target was not made.");

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _target = await MakeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_target is not null)
            await _target.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<ConnectorTarget> MakeAsync();

    /// <summary>Until what was written or changed is seen: at once where the platform's reads are consistent.</summary>
    private async Task<IReadOnlyList<Difference>> DifferencesAsync(DesiredState desired, Func<IReadOnlyList<Difference>, bool> until)
    {
        var (plan, differences) = (Target.Plan(desired), (IReadOnlyList<Difference>)[]);
        await Eventually.TrueAsync(async () =>
        {
            differences = Comparison.Compare(plan.Objects, await Target.ObserveAsync());
            return until(differences) || Target.LateVisibility == TimeSpan.Zero;
        }, Target.LateVisibility, () => $"Not seen in time: {string.Join(", ", differences)}", Cancellation);
        Assert.True(until(differences), $"Not as expected: {string.Join(", ", differences)}");
        return differences;
    }

    private Task<IReadOnlyList<Difference>> AssertAsDesiredAsync(DesiredState desired) =>
        DifferencesAsync(desired, differences => differences.Count == 0);

    private Task AllowedAsync(ResourceSelector resource, Verb verb) => AnsweredAsync(resource, verb, expected: true);

    private Task RefusedAsync(ResourceSelector resource, Verb verb) => AnsweredAsync(resource, verb, expected: false);

    /// <summary>The authorizer answers so as soon as it has heard of what was written.</summary>
    private Task AnsweredAsync(ResourceSelector resource, Verb verb, bool expected, string when = "") =>
        Eventually.TrueAsync(async () => await Target.AllowsAsync(resource, verb) == expected, Target.TakesEffectWithin,
            () => $"{verb} of {resource} was {(expected ? "refused" : "allowed")} {when}", Cancellation);
}
