namespace NhiGrains.Platforms.Aws.Api;

/// <summary>The cause of a conflict that waiting does not end: something that others put on it keeps it from being deleted.</summary>
/// <param name="reason">AWS's own sentence, which says what.</param>
internal sealed class DeleteConflictException(string reason) : Exception(reason);
