using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.Signing;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Query;

/// <summary>One call of an operation by somebody who is known.</summary>
/// <param name="Visible">What readers get at this moment.</param>
internal sealed record Call(Account Account, Parameters Parameters, Caller Caller, SignedRequest Request, AwsState Visible, DateTimeOffset Now)
{
    /// <summary>Builds on the newest state, as all writes do, whatever readers see.</summary>
    public T Write<T>(Func<AwsState, (AwsState Next, T Answer)> change) => Account.State.Write(change);

    public void Write(Func<AwsState, AwsState> change) => Account.State.Write(state => (change(state), true));
}
